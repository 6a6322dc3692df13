"""Mutants: small mistakes made on purpose, to see whether a property notices each."""

from launchproof.mutation.answer import Answer, mutate, wrong_arguments
from launchproof.mutation.crew import Subject
from launchproof.mutation.mutants import mutants_of

__all__ = ["Answer", "Subject", "mutants_of", "mutate", "wrong_arguments"]
