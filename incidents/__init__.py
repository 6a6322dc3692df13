"""Real failures of systems that embed, launch and refresh like this one, each as a change to it.

``launchproof incidents`` replays them. To add one takes ten lines: see ``launchproof.changes.incident``.
"""
