"""The embed session lifecycle: launch, ready, auth, refresh, reload, OAuth."""

from __future__ import annotations

from typing import Final

from launchproof import Protocol
from model.api import api
from model.backend import backend
from model.channels import CHANNELS
from model.element import element
from model.environment import ASSUMPTIONS, CAPABILITIES
from model.frame import frame
from model.host import host
from model.second_tab import second_tab
from model.setup import setup
from model.urls import urls

PROTOCOL: Final = Protocol(
    "embed session lifecycle",
    machines=(host, frame, second_tab, element, setup, backend, urls, api),
    channels=CHANNELS,
    capabilities=CAPABILITIES,
    assumptions=ASSUMPTIONS,
)
