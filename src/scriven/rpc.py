"""JSON-RPC 2.0: a frame's bytes in, calls for the engine, a reply's bytes out."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Protocol, cast

import msgspec
from jsonrpcserver import Error, Success
from jsonrpcserver.dispatcher import dispatch_to_response_pure
from jsonrpcserver.result import Result
from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from oslash.either import Left

from scriven import envelope
from scriven.call import Call, Lane, Origin, Peer
from scriven.envelope import NULL, Request
from scriven.errors import (
    CallError,
    DeadlineExceeded,
    Forbidden,
    InvalidParams,
    InvalidRequest,
    LimitExceeded,
    MethodNotFound,
    ParseError,
    RequestCancelled,
    defect,
)
from scriven.method import App, Live, Method
from scriven.metrics import Tally
from scriven.progress import Progress
from scriven.replies import Replies

# A batch lets other connections have a turn after this many of its calls.
BATCH_TURN = 50


class Engine(Protocol):
    """What runs calls."""

    def submit(self, call: Call) -> None: ...
    def cancel(self, call: Call) -> None: ...
    def under_way(self, lane: Lane) -> list[Call]: ...
    def hold(self, lane: Lane) -> None: ...
    def release(self, lane: Lane) -> None: ...


class Audience(Protocol):
    """What keeps something for each peer, besides its calls."""

    def drained(self, peer: Peer) -> None:
        """The peer reads again."""
        ...

    def gone(self, peer: Peer) -> None:
        """Nobody is at the other end any more."""
        ...


class Cancel(Struct):
    """The params of `$/cancelRequest`."""

    id: Raw


_cancel = msgspec.json.Decoder(Cancel).decode


class Rpc:
    """The methods, served. `refusal` is the error of every read and write while the daemon is not ready.

    `short` may be set to False to send even the plain call through jsonrpcserver; both ways answer alike.
    """

    def __init__(self, methods: dict[str, Method], engine: Engine, app: App, audience: Audience | None = None) -> None:
        limits = app.config.limits
        self._methods = methods
        self._engine = engine
        self._app = app
        self._audience = audience
        self._live_tasks: dict[asyncio.Task[None], Call] = {}
        self._batch_tasks: set[asyncio.Task[None]] = set()
        self._deadline_ms = limits.deadline_ms
        self._batch_calls = limits.batch_calls
        self._batch_bytes = limits.frame_bytes
        elements = Annotated[list[Raw], Meta(max_length=limits.batch_calls)]
        self._elements = cast("msgspec.json.Decoder[list[Raw]]", msgspec.json.Decoder(elements)).decode
        self._served = {name: self._for_jsonrpcserver(method) for name, method in methods.items()}
        self.tallies = {name: Tally() for name in methods}
        self.refused: Counter[str] = Counter()
        self.refusal: CallError | None = None
        self.short = True
        self.calls = 0
        self.errors = 0

    def receive(self, peer: Peer, frame: bytes) -> None:
        """Take one frame of a peer. Whatever it holds, the peer is told; nothing is raised."""
        if not frame.isascii():
            try:
                frame.decode()
            except UnicodeDecodeError as error:
                self._tell(peer.reply, NULL, ParseError(f"the message is not UTF-8 at byte {error.start}"))
                return
        try:
            if frame[:1] == b"[":
                self._receive_batch(peer, frame)
            else:
                if peer.origin is None:
                    peer.origin = Origin(peer, peer.reply, peer.finished)
                self._one(peer.origin, frame)
        except Exception as error:  # noqa: BLE001 - a defect here is one call's, not the connection's
            self._tell(peer.reply, envelope.id_of(frame), defect("rpc", error))

    def pause(self, peer: Peer) -> None:
        """The peer does not read its replies: begin none of its calls."""
        self._engine.hold(peer.lane)

    def resume(self, peer: Peer) -> None:
        """The peer reads again."""
        self._engine.release(peer.lane)
        if self._audience is not None:
            self._audience.drained(peer)

    def forget(self, peer: Peer) -> None:
        """The peer has gone: end what only it waits for. Its writes are still made, those of a batch too."""
        self._engine.release(peer.lane)
        for call in self._engine.under_way(peer.lane):
            if not call.writes:
                self._engine.cancel(call)
        self._cancel_live(lambda call: call.origin.peer is peer)
        if self._audience is not None:
            self._audience.gone(peer)

    # One call

    def _one(self, origin: Origin, raw: bytes | Raw) -> bool:
        """Begin one call; False when it ended at once. jsonrpcserver routes everything but the plain case."""
        try:
            request = envelope.read(raw)
            method = self._methods[request.method]
        except (msgspec.DecodeError, RecursionError, KeyError):
            return self._dispatch(origin, raw)
        if not (self.short and request.plain()):
            return self._dispatch(origin, raw)
        id_ = cast("Raw", request.id)
        try:
            self._begin(origin, method, request.params, id_)
        except CallError as error:
            self._tell(origin.send, id_, error, method.name)
            return False
        return True

    def _begin(self, origin: Origin, method: Method, raw: Raw | UnsetType, id_: Raw | None) -> None:
        """Decode the params and set the call going. Raises what the caller is to be told at once."""
        params = method.decode(None if raw is UNSET else raw)
        if method.access != "live" and self.refusal is not None:
            raise self.refusal.with_traceback(None)
        if method.access == "write" and origin.peer.access == "read":
            raise Forbidden("this connection gave up the right to write", hint="open another connection")
        allowed_ms, token = self._deadline_ms, None
        if params.meta is not None:
            token = params.meta.progress_token
            allowed_ms = min(allowed_ms, params.meta.deadline_ms or allowed_ms)
        began = time.monotonic_ns()
        call = Call(
            method.name,
            method.handler,
            params,
            writes=method.access == "write",
            began=began,
            deadline=began + allowed_ms * 1_000_000,
            lane=origin.peer.lane,
            finish=self._finish,
            id=id_,
            origin=origin,
        )
        if token is not None:
            call.progress = Progress(token, origin.peer)
        self.calls += 1
        origin.peer.lane.begun += 1
        origin.peer.in_flight += 1
        if method.access == "live":
            self._go_live(call)
        else:
            self._engine.submit(call)

    def _finish(self, call: Call) -> None:
        origin: Origin = call.origin
        if call.progress is not None:
            call.progress.end()
        self.tallies[call.name].ended(call.began, call.started, call.ended)
        if call.id is not None:
            message = self._reply(call.id, call)
            if origin.room is not None and not origin.room(len(message)):
                call.error = self._too_much(call)
                message = envelope.failure(call.id, call.error)
            origin.send(message)
        if call.error is not None:
            self._count(call.error, call.name)
        origin.ended()

    def _reply(self, id_: Raw, call: Call) -> bytes:
        if call.error is None:
            try:
                return envelope.reply(id_, call.result)
            except (msgspec.MsgspecError, TypeError, ValueError) as error:
                call.error = defect(call.name, error)
                call.error.outcome = "done" if call.writes else "none"
        return envelope.failure(id_, call.error)

    def _too_much(self, call: Call) -> LimitExceeded:
        """Said instead of a reply that would make the array of a batch too big to be held and read."""
        return LimitExceeded(
            f"the replies of a batch have at most {self._batch_bytes} bytes together",
            limit=self._batch_bytes,
            outcome="done" if call.writes and call.error is None else "none",
            hint="send fewer calls in a batch",
        )

    def _tell(self, send: Callable[[bytes], None], id_: Raw, error: CallError, method: str | None = None) -> None:
        """Refuse what was not begun, a call of that method if it is known."""
        self._refuse(error, method)
        send(envelope.failure(id_, error))

    def _refuse(self, error: CallError, method: str | None) -> None:
        if method in self.tallies:
            self.tallies[method].unrun += 1
        self._count(error, method)

    def _count(self, error: CallError, method: str | None) -> None:
        tally = self.tallies.get(method) if method is not None else None
        (self.refused if tally is None else tally.errors)[error.kind] += 1
        self.errors += 1

    # Live methods

    def _go_live(self, call: Call) -> None:
        """Start a live method. Its first step runs before the peer's next frame is received."""
        origin: Origin = call.origin
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._live(call))
        self._live_tasks[task] = call
        task.add_done_callback(self._live_tasks.pop)
        if origin.room is None:
            origin.peer.hold()
            loop.call_soon(origin.peer.release)

    async def _live(self, call: Call) -> None:
        call.started = time.monotonic_ns()
        try:
            async with asyncio.timeout((call.deadline - call.started) / 1e9):
                call.result = await call.handler(Live(self._app, call.origin.peer), call.params)
        except CallError as error:
            call.error = error
        except asyncio.CancelledError:
            call.error = RequestCancelled("the call was cancelled while it ran")
        except TimeoutError:
            call.error = DeadlineExceeded("the call's deadline passed while it ran")
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is its own defect
            call.error = defect(call.name, error)
        call.ended = time.monotonic_ns()
        call.finish(call)

    def _cancel_live(self, meant: Callable[[Call], bool]) -> None:
        for task, call in self._live_tasks.items():
            if meant(call):
                # Not before its first step: a task that never began would never answer.
                asyncio.get_running_loop().call_soon(task.cancel)

    # Everything that is not a plain single call

    def _dispatch(self, origin: Origin, raw: bytes | Raw) -> bool:
        """Judge the envelope, then let jsonrpcserver route the call."""
        try:
            request = envelope.judged(raw)
        except CallError as error:
            self._tell(origin.send, envelope.id_of(raw), error)
            return False
        if request.method.startswith("$/") and request.id is UNSET:
            if request.method == "$/cancelRequest":
                self._cancel(origin.peer, request.params)
            return False
        asked = {"jsonrpc": "2.0", "method": request.method, "params": [request], "id": request.id}
        response = dispatch_to_response_pure(
            request=cast("str", asked),
            deserializer=lambda asked: cast("Any", asked),
            validator=lambda asked: asked,
            methods=self._served,
            context=origin,
            post_process=lambda response: cast("Any", response),
        )
        if not isinstance(response, Left):
            return True
        result = response._error  # noqa: SLF001 - oslash's Either has no other door
        refusal = _as_error(request.method, result)
        if request.id is UNSET:
            self._refuse(refusal, request.method)
        else:
            self._tell(origin.send, request.id, refusal, request.method)
        return False

    def _for_jsonrpcserver(self, method: Method) -> Callable[..., Result]:
        def serve(origin: Origin, request: Request) -> Result:
            try:
                self._begin(origin, method, request.params, None if request.id is UNSET else request.id)
            except CallError as error:
                return Error(error.code, error.message, error)
            return Success()

        return serve

    def _cancel(self, peer: Peer, params: Raw | UnsetType) -> None:
        try:
            wanted = _cancel(b"" if params is UNSET else params).id
        except (msgspec.DecodeError, RecursionError):
            return

        def meant(call: Call) -> bool:
            return call.origin.peer is peer and call.id is not None and envelope.same_id(call.id, wanted)

        self._cancel_live(meant)
        for call in self._engine.under_way(peer.lane):
            if call.id is not None and envelope.same_id(call.id, wanted):
                self._engine.cancel(call)

    # Batches

    def _receive_batch(self, peer: Peer, frame: bytes) -> None:
        try:
            elements = self._elements(frame)
        except msgspec.ValidationError:
            limit = self._batch_calls
            self._tell(peer.reply, NULL, LimitExceeded(f"a batch holds at most {limit} calls", limit=limit))
        except (msgspec.DecodeError, RecursionError) as error:
            self._tell(peer.reply, NULL, envelope.unreadable(frame, error))
        else:
            if not elements:
                self._tell(peer.reply, NULL, InvalidRequest("a batch holds at least one call"))
                return
            peer.hold()
            peer.in_flight += 1
            task = asyncio.get_running_loop().create_task(self._batch(peer, elements))
            self._batch_tasks.add(task)
            task.add_done_callback(self._batch_tasks.discard)

    async def _batch(self, peer: Peer, elements: list[Raw]) -> None:
        """Begin every call in order. A live one waits for those before it; the others' lane keeps their order."""
        batch = Replies(peer, len(elements), self._batch_bytes)
        try:
            for index, raw in enumerate(elements):
                live = self._is_live(raw)
                if live:
                    await batch.settled()
                if self._element(batch.origin(index), raw):
                    batch.open += 1
                # A live call's first step runs before the next call begins, or a cancellation comes in.
                if live or index % BATCH_TURN == BATCH_TURN - 1:
                    await asyncio.sleep(0)
        finally:
            peer.release()
        await batch.settled()
        batch.send()
        peer.finished()

    def _element(self, origin: Origin, raw: Raw) -> bool:
        try:
            return self._one(origin, raw)
        except Exception as error:  # noqa: BLE001 - a defect here is one call's, not the batch's
            self._tell(origin.send, envelope.id_of(raw), defect("rpc", error))
            return False

    def _is_live(self, raw: Raw) -> bool:
        try:
            return self._methods[envelope.read(raw).method].access == "live"
        except (msgspec.DecodeError, RecursionError, KeyError):
            return False


def _as_error(method: str, result: Any) -> CallError:
    """What jsonrpcserver answers, in our words and with our data."""
    if isinstance(result.data, CallError):
        return result.data
    if result.code == MethodNotFound.code:
        return MethodNotFound("there is no such method", hint="scriven call rpc.discover")
    if result.code == InvalidParams.code:
        return InvalidParams("the params do not fit the method", path="$")
    return defect(method, RuntimeError(result.code))
