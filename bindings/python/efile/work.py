# SPDX-License-Identifier: LGPL-2.1-or-later
"""Processes at work: deployed definitions, running instances, tasks of people, jobs."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union

from ._efile import ffi, lib
from ._enums import FlowStatus, Instruction, RouteAct, TaskHanded, TaskHold, TaskOrder
from ._native import (
    Handle,
    Options,
    chars,
    chars_or_null,
    id_struct,
    identity,
    microseconds,
    moment,
    record,
    taken,
    text,
    walk,
)
from .access import ActorLike
from .context import Context
from .errors import Format, Invalid, State
from .feel import to_json
from .model import NodeLike, node_id
from .report import Report, report_taken
from .search import Search
from .streams import Content, Writer, reader

Variables = Mapping[str, Any]
"""Variables of a process: what JSON can say; numbers exact, as int or Decimal."""


@dataclass(frozen=True)
class Instance:
    """A running or ended process."""

    id: uuid.UUID
    process: str
    version: int
    status: FlowStatus
    case: uuid.UUID | None
    document: uuid.UUID | None
    started: dt.datetime
    ended: dt.datetime | None
    variables: dict[str, Any]


@dataclass(frozen=True)
class Task:
    """Something that a person is to do."""

    id: uuid.UUID
    instance: uuid.UUID
    process: str
    node: str
    name: str
    assignee: uuid.UUID | None
    owner: uuid.UUID | None
    created: dt.datetime
    due: dt.datetime | None
    case: uuid.UUID | None
    document: uuid.UUID | None
    variables: dict[str, Any]
    priority: int
    follow_up: dt.datetime | None
    handed: TaskHanded
    on_behalf_of: uuid.UUID | None
    instruction: Instruction


@dataclass(frozen=True)
class Job:
    """Something that a program outside is to do; its id is the stable key of the effect."""

    id: uuid.UUID
    instance: uuid.UUID
    handler: str
    node: str
    created: dt.datetime
    variables: dict[str, Any]
    ready: dt.datetime | None
    failures: int
    priority: int
    worker: str


@dataclass(frozen=True)
class TaskResult:
    """What became of one of several tasks."""

    task: uuid.UUID
    done: bool
    number: int
    message: str


@dataclass(frozen=True)
class Comment:
    """What somebody said about a task or a process."""

    id: uuid.UUID
    instance: uuid.UUID
    task: uuid.UUID | None
    author: uuid.UUID
    on_behalf_of: uuid.UUID | None
    created: dt.datetime
    text: str


class Worklist(Iterator[Task]):
    """Tasks in an order, and the place behind the one that was given last."""

    def __init__(self, cursor: Handle, limit: int | None) -> None:
        self._cursor = cursor
        self._left = limit
        self._item = ffi.new("efile_task *")

    def __next__(self) -> Task:
        if self._left == 0:
            raise StopIteration
        check = self._cursor._runtime.check
        status = check(lib.efile_task_cursor_next, self._cursor._ptr, self._item)
        if status != lib.EFILE_OK:
            raise StopIteration
        if self._left is not None:
            self._left -= 1
        return record(Task, self._item, case="case_id")

    @property
    def place(self) -> str | None:
        """Where the next page goes on (`worklist(after=...)`); None before the first task."""
        out = ffi.new("char **")
        try:
            self._cursor._runtime.check(
                lib.efile_task_cursor_position, out, self._cursor._ptr
            )
        except State:
            return None
        return taken(out)


InstanceLike = Union[uuid.UUID, Instance]
TaskLike = Union[uuid.UUID, Task]
JobLike = Union[uuid.UUID, Job]


def instruction(name: str) -> Instruction:
    """What a sign-off list asks of somebody, by its name."""
    out = ffi.new("efile_instruction *")
    if lib.efile_instruction_parse(out, chars(name)) < 0:
        raise Invalid(f"not an instruction: {name!r}")
    return Instruction(out[0])


def instruction_name(given: Instruction) -> str:
    """The name of an instruction.

    >>> import efile
    >>> efile.instruction(efile.instruction_name(efile.Instruction.CO_SIGN)).name
    'CO_SIGN'
    """
    return text(lib.efile_instruction_name(given))


def flow_status_name(status: FlowStatus) -> str:
    """The name of a status.

    >>> import efile
    >>> efile.flow_status_name(efile.FlowStatus.ENDED)
    'ended'
    """
    return text(lib.efile_flow_status_name(status))


def task_time(
    spelled: str,
    *,
    calendar: str | None = None,
    start: dt.datetime | None = None,
    last: bool = True,
    context: Context | None = None,
) -> dt.datetime:
    """A point of time as tasks spell it; of a day its last second, or its first one.

    >>> import efile, datetime
    >>> efile.task_time("5 office-days", calendar="DE-BW",
    ...     start=datetime.datetime(2026, 4, 1, 9, tzinfo=datetime.timezone.utc)).isoformat()
    '2026-04-10T21:59:59+00:00'
    """
    ctx = context or Context()
    out = ffi.new("efile_time *")
    begin = start or dt.datetime.now(dt.timezone.utc)
    ctx._runtime.check(
        lib.efile_task_time_compute,
        out,
        ctx._ptr,
        chars(spelled),
        chars_or_null(calendar),
        microseconds(begin),
        last,
    )
    return moment(out[0])


def _instance(instance: InstanceLike | None) -> Any:
    key = instance.id if isinstance(instance, Instance) else instance
    return id_struct("efile_instance_id", key)


def _task(task: TaskLike | None) -> Any:
    return id_struct("efile_task_id", task.id if isinstance(task, Task) else task)


def _job(job: JobLike) -> Any:
    return id_struct("efile_id", job.id if isinstance(job, Job) else job)


def _variables(variables: Variables | None) -> Any:
    return chars_or_null(None if variables is None else to_json(variables))


class Work(Search):
    """What a session can do about processes and tasks."""

    def deploy(self, bpmn: Content) -> tuple[int, Report]:
        """Deploys a process: its version, and the findings of the static checks.

        What cannot be executed raises Format, with the findings in its `report`.
        """
        version = ffi.new("int64_t *")
        findings = ffi.new("efile_report **")
        with reader(self._runtime, bpmn) as source:
            try:
                self._runtime.check(
                    lib.efile_flow_deploy, version, findings, self._ptr, source
                )
            except Format as error:
                if findings[0] != ffi.NULL:
                    error.report = report_taken(findings)
                raise
        return int(version[0]), report_taken(findings)

    def start(
        self,
        process: str,
        variables: Variables | None = None,
        *,
        case: NodeLike | None = None,
        document: NodeLike | None = None,
    ) -> uuid.UUID:
        """Starts an instance of the newest version of a process; its id."""
        options = Options(
            "efile_flow_start_options",
            lib.efile_flow_start_options_init,
            variables=None if variables is None else to_json(variables),
            case_id=None if case is None else node_id(case),
            document=None if document is None else node_id(document),
        )
        out = ffi.new("efile_instance_id *")
        self._runtime.check(lib.efile_flow_start, out, self._ptr, chars(process), options.ptr)
        return identity(out[0])

    def instances(self) -> Iterator[Instance]:
        """The instances that the actor may see, oldest first."""
        return self._instances(None)

    def instance(self, instance: uuid.UUID) -> Instance:
        """The instance with an id."""
        for found in self._instances(instance):
            return found
        raise self._runtime.error(lib.EFILE_E_NOTFOUND)

    def _instances(self, instance: uuid.UUID | None) -> Iterator[Instance]:
        out = ffi.new("efile_flow_cursor **")
        item = ffi.new("efile_flow_instance *")
        self._runtime.check(lib.efile_flow_list, out, self._ptr, _instance(instance))
        return walk(
            self,
            out[0],
            lib.efile_flow_cursor_free,
            lambda cursor: lib.efile_flow_cursor_next(cursor, item),
            lambda: record(Instance, item, case="case_id"),
        )

    def cancel(self, instance: InstanceLike, reason: str) -> None:
        """Ends an instance before its end; its tasks and jobs end with it."""
        self._runtime.check(
            lib.efile_flow_cancel, self._ptr, _instance(instance), chars(reason)
        )

    def send_message(
        self, name: str, key: str | None = None, variables: Variables | None = None
    ) -> int:
        """Sends a message: how many waited for it or were started; 0: it is kept."""
        out = ffi.new("int64_t *")
        self._runtime.check(
            lib.efile_flow_message,
            out,
            self._ptr,
            chars(name),
            chars_or_null(key),
            _variables(variables),
        )
        return int(out[0])

    def send_signal(self, name: str, variables: Variables | None = None) -> int:
        """Tells a signal to all processes: how many listened or were started."""
        out = ffi.new("int64_t *")
        self._runtime.check(
            lib.efile_flow_signal, out, self._ptr, chars(name), _variables(variables)
        )
        return int(out[0])

    def observe(self, variables: Variables) -> int:
        """Tells what is seen outside: how many start conditions became true by it."""
        out = ffi.new("int64_t *")
        self._runtime.check(lib.efile_flow_observe, out, self._ptr, _variables(variables))
        return int(out[0])

    def run_due(self) -> int:
        """Fires the timers that are due; how many."""
        out = ffi.new("int64_t *")
        self._runtime.check(lib.efile_flow_run_due, out, self._ptr)
        return int(out[0])

    def retry(self, instance: InstanceLike, variables: Variables | None = None) -> int:
        """Tries again what incidents hold back; how many there were."""
        out = ffi.new("int64_t *")
        self._runtime.check(
            lib.efile_flow_retry, out, self._ptr, _instance(instance), _variables(variables)
        )
        return int(out[0])

    def suspend(self, instance: InstanceLike) -> None:
        """Holds an instance: nothing happens to it until it is resumed."""
        self._runtime.check(lib.efile_flow_suspend, self._ptr, _instance(instance))

    def resume(self, instance: InstanceLike) -> None:
        """Lets a held instance go on."""
        self._runtime.check(lib.efile_flow_resume, self._ptr, _instance(instance))

    def move(
        self, instance: InstanceLike, start: str | None = None, to: str | None = None
    ) -> None:
        """Ends what waits at one node of an instance, and begins at another."""
        self._runtime.check(
            lib.efile_flow_move,
            self._ptr,
            _instance(instance),
            chars_or_null(start),
            chars_or_null(to),
        )

    def replay(self, instance: InstanceLike) -> int:
        """Rebuilds an instance's state from the log and compares; the number of steps."""
        out = ffi.new("int64_t *")
        self._runtime.check(lib.efile_flow_replay, self._ptr, _instance(instance), out)
        return int(out[0])

    def render(self, instance: InstanceLike) -> str:
        """An instance as SVG: the path taken and where it waits."""
        above = self._above
        assert above is not None and isinstance(above._above, Context)
        target = io.BytesIO()
        with Writer(above._above, target) as writer:
            self._runtime.check(
                lib.efile_flow_render, self._ptr, _instance(instance), writer._ptr
            )
        return target.getvalue().decode("utf-8")

    def tasks(self) -> Iterator[Task]:
        """The worklist: the open tasks that the actor may do, oldest first."""
        return self._tasks(None)

    def worklist(
        self,
        *,
        order: TaskOrder | None = None,
        hold: TaskHold | None = None,
        later: bool = False,
        deputies: bool = False,
        variables: bool = False,
        process: str | None = None,
        node: str | None = None,
        case: NodeLike | None = None,
        instance: InstanceLike | None = None,
        due_before: dt.datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> Worklist:
        """The open tasks that the actor may do, in an order; with a limit, a page of them."""
        key = instance.id if isinstance(instance, Instance) else instance
        options = Options(
            "efile_worklist_options",
            lib.efile_worklist_options_init,
            order=order,
            hold=hold,
            later=later,
            deputies=deputies,
            variables=variables,
            process=process,
            node=node,
            case_id=None if case is None else node_id(case),
            instance=key,
            due_before=due_before,
            after=after,
        )
        out = ffi.new("efile_task_cursor **")
        self._runtime.check(lib.efile_worklist, out, self._ptr, options.ptr)
        cursor = Handle(out[0], lib.efile_task_cursor_free, self, self._runtime)
        return Worklist(cursor, limit)

    def task(self, task: uuid.UUID) -> Task:
        """The open task with an id."""
        for found in self._tasks(task):
            return found
        raise self._runtime.error(lib.EFILE_E_NOTFOUND)

    def _tasks(self, task: uuid.UUID | None) -> Iterator[Task]:
        out = ffi.new("efile_task_cursor **")
        item = ffi.new("efile_task *")
        self._runtime.check(lib.efile_task_list, out, self._ptr, _task(task))
        return walk(
            self,
            out[0],
            lib.efile_task_cursor_free,
            lambda cursor: lib.efile_task_cursor_next(cursor, item),
            lambda: record(Task, item, case="case_id"),
        )

    def claim(self, task: TaskLike) -> None:
        """Claims a task: from now on it is the actor's alone."""
        self._runtime.check(lib.efile_task_claim, self._ptr, _task(task))

    def unclaim(self, task: TaskLike) -> None:
        """Lets a claimed task go: it is there for all who may do it."""
        self._runtime.check(lib.efile_task_unclaim, self._ptr, _task(task))

    def resolve(self, task: TaskLike, variables: Variables | None = None) -> None:
        """Tells that a delegated task is through: its owner has it again."""
        self._runtime.check(lib.efile_task_resolve, self._ptr, _task(task), _variables(variables))

    def update_task(
        self,
        task: TaskLike,
        *,
        due: str | None = None,
        follow_up: str | None = None,
        calendar: str | None = None,
        priority: int | None = None,
    ) -> None:
        """Changes dates and priority; dates as `task_time()` reads them, "" is no date."""
        changes = Options(
            "efile_task_changes",
            lib.efile_task_changes_init,
            due=due,
            follow_up=follow_up,
            calendar=calendar,
            priority=priority,
        )
        self._runtime.check(lib.efile_task_update, self._ptr, _task(task), changes.ptr)

    def complete(self, task: TaskLike, variables: Variables | None = None) -> None:
        """Completes a task and runs its process on."""
        self._runtime.check(
            lib.efile_task_complete, self._ptr, _task(task), _variables(variables)
        )

    def complete_all(
        self, tasks: Iterable[TaskLike], variables: Variables | None = None
    ) -> list[TaskResult]:
        """Completes several tasks in one transaction, each by itself: what became of each."""
        given = list(tasks)
        results = ffi.new("efile_task_result[]", max(len(given), 1))
        for result, task in zip(results, given):
            result.task = _task(task)
        self._runtime.check(
            lib.efile_task_complete_all,
            ffi.NULL,
            self._ptr,
            results,
            len(given),
            _variables(variables),
        )
        return [
            TaskResult(identity(r.task), r.status == lib.EFILE_OK, r.number, text(r.message))
            for r in results[0 : len(given)]
        ]

    def form(self, task: TaskLike) -> dict[str, Any]:
        """What the form of a task asks for, after the manner of JSON Schema."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_task_form, out, self._ptr, _task(task))
        return dict(json.loads(taken(out)))

    def check_form(self, task: TaskLike, variables: Variables | None = None) -> Report:
        """Tries variables against the form of a task."""
        out = ffi.new("efile_report **")
        self._runtime.check(
            lib.efile_task_check, out, self._ptr, _task(task), _variables(variables)
        )
        return report_taken(out)

    def route(self, task: TaskLike) -> dict[str, Any]:
        """The sign-off list (Laufweg) that a task is an entry of: docs/json.md, efile.route.v1."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_task_route, out, self._ptr, _task(task))
        return dict(json.loads(taken(out)))

    def _change_route(self, task: TaskLike, act: RouteAct, **fields: Any) -> None:
        change = Options(
            "efile_route_change", lib.efile_route_change_init, act=int(act), **fields
        )
        self._runtime.check(lib.efile_task_route_change, self._ptr, _task(task), change.ptr)

    def route_insert(
        self,
        task: TaskLike,
        to: str,
        *,
        instruction: Instruction = Instruction.NONE,
        behind: int | None = None,
        beside: int | None = None,
        required: bool = False,
        due: str | None = None,
        note: str | None = None,
    ) -> None:
        """Puts one more entry on a sign-off list: next, behind an entry, or beside one."""
        self._change_route(
            task,
            RouteAct.INSERT,
            to=to,
            instruction=int(instruction),
            behind=behind,
            beside=beside,
            required=int(required),
            due=due,
            note=note,
        )

    def route_remove(self, task: TaskLike, step: int) -> None:
        """Takes an entry that has not begun off a sign-off list."""
        self._change_route(task, RouteAct.REMOVE, step=step)

    def route_move(
        self, task: TaskLike, step: int, *, behind: int | None = None, beside: int | None = None
    ) -> None:
        """Moves an entry that has not begun: next, behind another one, or beside one."""
        self._change_route(task, RouteAct.MOVE, step=step, behind=behind, beside=beside)

    def send_back(
        self, task: TaskLike, reason: str, *, step: int = 0, direct: bool = False
    ) -> None:
        """Sends a sign-off list back to an earlier entry; without `step` to the last one before."""
        self._runtime.check(
            lib.efile_task_send_back, self._ptr, _task(task), step, int(direct), chars(reason)
        )

    def refuse(self, task: TaskLike, reason: str) -> None:
        """Refuses: the sign-off list ends, its process goes on with the outcome "refused"."""
        self._runtime.check(lib.efile_task_refuse, self._ptr, _task(task), chars(reason))

    def remind(
        self,
        task: TaskLike,
        at: str,
        *,
        to: str | None = None,
        priority: int | None = None,
        calendar: str | None = None,
    ) -> int:
        """Sets a reminder, or with `to` an escalation: "due-2 office-days", "P1D". Its number."""
        out = ffi.new("int64_t *")
        reminder = Options(
            "efile_reminder",
            lib.efile_reminder_init,
            at=at,
            to=to,
            priority=priority,
            calendar=calendar,
        )
        self._runtime.check(lib.efile_task_remind, out, self._ptr, _task(task), reminder.ptr)
        return int(out[0])

    def unremind(self, task: TaskLike, number: int) -> None:
        """Takes a reminder back."""
        self._runtime.check(lib.efile_task_unremind, self._ptr, _task(task), number)

    def reminders(self, task: TaskLike) -> list[dict[str, Any]]:
        """Reminders and escalations of a task: docs/json.md, efile.reminders.v1."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_task_reminders, out, self._ptr, _task(task))
        return list(json.loads(taken(out))["reminders"])

    def escalate(self, task: TaskLike, to: ActorLike) -> None:
        """Lets an actor see a task, whoever has claimed it, and take it over."""
        self._runtime.check(lib.efile_task_escalate, self._ptr, _task(task), self._actor(to))

    def comment_task(self, task: TaskLike, words: str) -> None:
        """Says something about a task."""
        self._runtime.check(lib.efile_task_comment, self._ptr, _task(task), chars(words))

    def comment_instance(self, instance: InstanceLike, words: str) -> None:
        """Says something about a process at work."""
        self._runtime.check(
            lib.efile_flow_comment, self._ptr, _instance(instance), chars(words)
        )

    def comments(
        self, instance: InstanceLike | None = None, task: TaskLike | None = None
    ) -> Iterator[Comment]:
        """What was said about a process and its tasks, or about a task and its process."""
        out = ffi.new("efile_comment_cursor **")
        item = ffi.new("efile_comment *")
        self._runtime.check(
            lib.efile_comment_list, out, self._ptr, _instance(instance), _task(task)
        )
        return walk(
            self,
            out[0],
            lib.efile_comment_cursor_free,
            lambda cursor: lib.efile_comment_cursor_next(cursor, item),
            lambda: record(Comment, item),
        )

    def delegate(self, task: TaskLike, to: ActorLike) -> None:
        """Hands a task to another person."""
        self._runtime.check(lib.efile_task_delegate, self._ptr, _task(task), self._actor(to))

    def give_back(self, task: TaskLike) -> None:
        """Gives a task back: to who had it before, or to all who may do it."""
        self._runtime.check(lib.efile_task_return, self._ptr, _task(task))

    def retain(
        self, *, days: int | None = None, process: str | None = None, limit: int | None = None
    ) -> dict[str, int]:
        """Erases what processes that have ended keep of contents and persons: how much of what."""
        retention = Options(
            "efile_flow_retention",
            lib.efile_flow_retention_init,
            days=days,
            process=process,
            max=limit,
        )
        out = ffi.new("char **")
        self._runtime.check(lib.efile_flow_retain, out, self._ptr, retention.ptr)
        done = json.loads(taken(out))
        return {key: done[key] for key in ("instances", "tasks", "comments", "entries")}

    def jobs(self, handler: str | None = None) -> Iterator[Job]:
        """Open jobs that no handler inside does, oldest first."""
        out = ffi.new("efile_job_cursor **")
        item = ffi.new("efile_job *")
        self._runtime.check(lib.efile_job_list, out, self._ptr, chars_or_null(handler))
        return walk(
            self,
            out[0],
            lib.efile_job_cursor_free,
            lambda cursor: lib.efile_job_cursor_next(cursor, item),
            lambda: record(Job, item),
        )

    def complete_job(self, job: JobLike, variables: Variables | None = None) -> None:
        """Reports a job as done and runs its process on."""
        self._runtime.check(
            lib.efile_job_complete, self._ptr, _job(job), _variables(variables)
        )

    def fail_job(self, job: JobLike, message: str) -> None:
        """Reports a job as failed: its instance has an incident."""
        self._runtime.check(lib.efile_job_fail, self._ptr, _job(job), chars(message))
