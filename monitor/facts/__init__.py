"""People, organisations, money, events and quotations of a text, each with its sentence.

The stage's front: `FactFinder(places).find(title=…, text=…)`, or `find_facts` for a single text.
Knows no database, no web and no other stage: country names come in as values. Precision before
recall: what is not sure is left out.
"""

from monitor.facts.finder import FactFinder

__all__ = ["FactFinder"]
