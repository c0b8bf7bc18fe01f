"""The family tree of an innovation: who adopted it, and who learned from whom."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from visits.models import Adoption


@dataclass
class Branch:
    """One adopter, with those who learned from it."""

    adoption: Adoption
    branches: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class FamilyTree:
    """Adopters of one innovation; those who learned from Kota Magelang itself are its branches."""

    branches: list[Branch]
    adoptions: list[Adoption]

    def __bool__(self):
        return bool(self.adoptions)

    @property
    def states(self) -> list[tuple[str, str, int]]:
        """(state, label, number of adopters) of each state there is, the farthest first."""
        numbers = Counter(adoption.state for adoption in self.adoptions)
        order = ("running", "planned", "interested", "dropped")
        return [
            (state, Adoption.State(state).label, numbers[state])
            for state in order
            if state in numbers
        ]


def grow(adoptions: Iterable[Adoption]) -> FamilyTree:
    """The tree of `adoptions`, the earliest first; no query.

    Who learned from one that is not among them, or that in turn learned from it, hangs on the
    root: nobody is lost.
    """
    adoptions = sorted(adoptions, key=lambda each: (each.since or "9999", each.pk))
    branches = {adoption.pk: Branch(adoption) for adoption in adoptions}
    roots = []
    for branch in branches.values():
        before = branches.get(branch.adoption.learned_from_id)
        if before is None or _is_in_a_circle(branch, branches):
            roots.append(branch)
        else:
            before.branches.append(branch)
    return FamilyTree(roots, adoptions)


def _is_in_a_circle(branch, branches) -> bool:
    seen = set()
    before = branches.get(branch.adoption.learned_from_id)
    while before is not None and before.adoption.pk not in seen:
        if before is branch:
            return True
        seen.add(before.adoption.pk)
        before = branches.get(before.adoption.learned_from_id)
    return False


def prune(tree: FamilyTree, wanted: Callable[[Adoption], bool]) -> FamilyTree:
    """`tree` with the adopters that are `wanted` and the way from the root to each of them."""
    return FamilyTree(
        _pruned(tree.branches, wanted),
        [adoption for adoption in tree.adoptions if wanted(adoption)],
    )


def _pruned(branches, wanted) -> list[Branch]:
    kept = (Branch(branch.adoption, _pruned(branch.branches, wanted)) for branch in branches)
    return [branch for branch in kept if branch.branches or wanted(branch.adoption)]
