"""synthloop: the synthetic data loop for people who build on language models.

Everything that the files of a project can say is a constructor call here:

    import synthloop as sl

    schedule = sl.behavior("schedule", says="...", expected="schedule", authored=["move my 3pm to thursday"])
    loop = sl.Loop(app=route, behaviors=[schedule])
    report = loop.evaluate(loop.generate(accepted=500))
    print(report.worst_slices(3))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthloop.core.behavior import Behavior
    from synthloop.core.errors import LoopError
    from synthloop.core.reply import Reply
    from synthloop.core.report import Report
    from synthloop.core.sample import Message, Sample
    from synthloop.generate.noise.fitting import fit_profile
    from synthloop.project.loop import Loop
    from synthloop.project.project import load_project
    from synthloop.project.python_api import behavior

__version__ = "0.1.0"

_HOMES = {
    "Behavior": "synthloop.core.behavior",
    "Loop": "synthloop.project.loop",
    "LoopError": "synthloop.core.errors",
    "Message": "synthloop.core.sample",
    "Reply": "synthloop.core.reply",
    "Report": "synthloop.core.report",
    "Sample": "synthloop.core.sample",
    "behavior": "synthloop.project.python_api",
    "fit_profile": "synthloop.generate.noise.fitting",
    "load_project": "synthloop.project.project",
}
"""Where each public name lives: it is imported when it is first used, so that `import synthloop` costs nothing."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'synthloop' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


__all__ = ["Behavior", "Loop", "LoopError", "Message", "Reply", "Report", "Sample", "behavior", "fit_profile", "load_project"]
