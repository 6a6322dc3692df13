"""What a careful implementer adds beyond the pages: without each, some property is refuted.

An addition that stands beside another defence is taken away together with it where it says so;
the sentence of each is in ``model.statements``.
"""

from __future__ import annotations

from typing import Final

from launchproof import Addition, Posted, Protocol, Sent, To
from launchproof.declare import Lifetime
from model.api import Serving
from model.channels import LOAD_EVENTS, REFRESH_CALL, TO_HOST
from model.environment import FRESH_LAUNCH, USER
from model.frame import Embed, Hosted, Loaded, Refused, Running, Asking, Waiting, frame
from model.host import Launching, Live, Minting, Mounted, Open, Refreshing, Relaunching, Failed, Unmounted, from_embed_origin, host
from model.messages import AskMint, LoadedAgain, MintAnswer, NetworkError, OpenAuthorization, Ready, Unmount
from model.names import Where
from model.statements import STATEMENTS
