"""Recommendations: what customers bought along with a product."""

from server import serve

TOGETHER = {"1": ["3"], "2": ["1", "3"], "3": ["2"]}


def related(query, _body):
    product = query.get("product", "")
    return {"product": product, "related": TOGETHER.get(product, [])}


serve({("GET", "/related"): related})
