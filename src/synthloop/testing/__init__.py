"""Public fakes: what tests of plugins and apps use instead of the outside world."""

from synthloop.testing.apps import ScriptedApp
from synthloop.testing.chats import ScriptedChat
from synthloop.testing.clock import FrozenClock
from synthloop.testing.models import ScriptedModel
from synthloop.testing.store import MemoryStore

__all__ = ["FrozenClock", "MemoryStore", "ScriptedApp", "ScriptedChat", "ScriptedModel"]
