from pathlib import Path


def deployed_commit():
    """The commit that the checkout holding this file is at; None outside a checkout."""
    dot_git = Path(__file__).resolve().parents[2] / ".git"
    try:
        # In a linked worktree, .git is a file that names the worktree's own git directory.
        git_dir = dot_git if dot_git.is_dir() else Path(dot_git.read_text().replace("gitdir: ", "").strip())
        head = (git_dir / "HEAD").read_text().strip()
        return (git_dir / head[5:]).read_text().strip() if head.startswith("ref: ") else head
    except OSError:
        return None
