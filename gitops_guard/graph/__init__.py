"""Argo CD and Flux objects -> the targets they deploy, and who owns what.

`expand` says what one object means, `assemble` makes the graph of all of them; whoever builds targets goes round between the two.
"""
