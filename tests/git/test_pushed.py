"""The commits of a push, also where the clocks of those who made them are years apart."""

from tix.git import pushed
from tix.git.repository import find


def commit(desk, moment, subject):
    when = f"{moment}T00:00:00Z"
    env = {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
    desk.git("commit", "-q", "--allow-empty", "-m", subject, **env)
    return desk.git("rev-parse", "HEAD").strip()


def test_what_the_branch_has_is_not_pushed_whatever_the_clocks_say(desk):
    for day in (10, 11, 12):
        commit(desk, f"2024-01-{day}", "before both")
    desk.git("branch", "side")
    for day in range(1, 10):
        old = commit(desk, f"2020-01-0{day}", "on the branch")
    desk.git("switch", "-q", "side")
    mine = commit(desk, "2024-02-01", "on the side")
    desk.git("switch", "-q", "main")
    desk.git("merge", "-q", "--no-ff", "-m", "both", "side")
    new = desk.git("rev-parse", "HEAD").strip()
    # As git has it by itself.
    assert len(desk.git("rev-list", new, f"^{old}").split()) > 2
    assert pushed.names(find(desk.folder), old, new) == [mine, new]
    assert pushed.names(find(desk.folder), "", mine)[-1] == mine
