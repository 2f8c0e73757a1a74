"""Moderation: may this review be shown?"""

from server import serve

REFUSED = {"scam", "fake", "fraud"}


def check(_query, body):
    words = {word.strip(".,!?").lower() for word in body.get("text", "").split()}
    return {"allowed": not words & REFUSED, "because": sorted(words & REFUSED)}


serve({("POST", "/check"): check})
