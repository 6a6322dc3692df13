"""Changes under review: what a protocol is without one and with it, and what that means.

===============  ====================================================================================
`change`         reads a change: a small Python file that makes another protocol of one
`side`           everything that a review compares of one protocol, as plain data
`parts`          what a protocol is made of, and how that differs between two
`behaviours`     a shortest run that only one of two protocols allows
`needs`          which guards a property rests on
`review`         the comparison, and its verdict in a sentence
`revisions`      the same of two git revisions, each loaded in a process of its own
`incident`       changes that retell failures seen elsewhere, each refuted by the property it names
`as_text`, …     how a review is told: for a terminal, a pull request, and for programs
===============  ====================================================================================
"""
