"""Finds runs that go on for ever, are fair, and never get where they should: proof of progress, or a lasso.

It knows nothing of protocols: nodes and edges of a graph are integers, and each edge belongs to
groups, which are weakly fair, strongly fair, or neither. A run is infinite, or it stays in one node
for ever (every node has a loop that belongs to no group). A group is *enabled* in a node if one of
its edges starts there. A run is fair if every weak group is disabled or taken infinitely often, and
every strong group that is enabled infinitely often is taken infinitely often.

===========  ========================================================================================
`graph`      the graph, and which of its nodes and edges something is true of
`paths`      shortest ways: from the start, and from where something is promised to where it is not kept
`components` what is strongly connected
`fair`       the parts of a graph in which a fair run can stay for ever
`lasso`      the shortest way into such a part and once around in it
`answers`    the two questions: does one thing lead to another, and does something settle
===========  ========================================================================================

**Why it is sound to ask this of canonical states** (`launchproof.semantics.forgetting`). Canonical
states are what a run leads to up to a renaming of what can only be compared, and each is bisimilar
to the states it stands for: the same transitions are possible, the same messages can be delivered,
and what follows is the same again, up to a renaming. Groups name transitions, channels and receivers,
never names, so a step and its image are in the same groups, and a group is enabled in a state
exactly if it is in its canonical form. Properties cannot tell names apart by their numbers either. So
every run has an image among canonical states that is fair exactly if the run is and keeps or breaks
what the run does, and every path of canonical states is the image of a run. A loop among them need
not lead back to the same names: it is a run with ever new ones. Fairness is therefore owed to a
transition, not to each name it could be about: where two rows wait for the same transition, it is
fair to serve one of them again and again.

**Orphans.** What nobody but a memory refers to is kept one at a time, in every choice. Dropping an
orphan takes steps away that use it; that changes no verdict as long as (1) whatever uses an orphan is
unfair, so that no fairness is owed to it (where it were fair, a state that forgot the orphan would
look disabled to it); (2) what the environment can do with an orphan can be put off for ever, which
follows from (1), so runs in which the orphan is not used are fair already; and (3) no premise, goal
or claim counts orphans or reads two of them at once, as for safety. A run that uses several orphans
in turn is a run in which each is chosen in time *only if the choice was made in its favour when it
was orphaned*: a loop that needs two orphans of different kinds at once, over and over, is not found.
That is the same limit that safety has, and ``keep_orphans`` of 2 or 3 tests it. What holds of orphans
holds of rows that nobody refers to at all: a fair transition that picks one of them counts as
disabled where they are forgotten.

**Assumptions about the run.** A loop of a counterexample is checked by `lasso.is_fair`, which shares
nothing with the search for it. What is forbidden before a goal is judged on every run, whatever is
quiet in it: it takes a finite run to break that, and any finite run goes on fairly.
"""
