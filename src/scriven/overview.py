"""What the daemon tells of itself while it runs: who is connected, and what its counters say."""

from __future__ import annotations

from datetime import UTC, datetime

from scriven.engine.sqlite import Engine
from scriven.hub import Hub
from scriven.methods.daemon import (
    Client,
    ClientSubscription,
    Distribution,
    MethodMetrics,
    Metrics,
    SubscriberMetrics,
)
from scriven.methods.events import cursor_of
from scriven.metrics import Histogram
from scriven.process import program
from scriven.rpc import Rpc
from scriven.server import Connection, Server
from scriven.subscriptions import Subscriptions


class Overview:
    """Looks at the parts of the daemon when it is asked."""

    def __init__(self, rpc: Rpc, engine: Engine, server: Server, subscriptions: Subscriptions, hub: Hub) -> None:
        self._rpc = rpc
        self._engine = engine
        self._server = server
        self._subscriptions = subscriptions
        self._hub = hub

    def clients(self, leases: dict[int, int]) -> list[Client]:
        """All connections, the oldest first, with how many leases of its own each has."""
        return [self._client(peer, leases) for peer in sorted(self._server.peers, key=lambda peer: peer.lane.number)]

    def metrics(self, instance: str, started_at: str) -> Metrics:
        """All counters of this run."""
        engine, server = self._engine, self._server
        return Metrics(
            instance=instance,
            started_at=started_at,
            bytes_in=server.bytes_in,
            bytes_out=server.bytes_out,
            commits=engine.commits,
            commit_us=_spread(engine.commit_microseconds),
            batch_calls=_spread(engine.batch_calls),
            errors=dict(self._rpc.refused),
            methods=[
                MethodMetrics(name, tally.calls, dict(tally.errors), _spread(tally.wait), _spread(tally.run))
                for name, tally in sorted(self._rpc.tallies.items())
                if tally.calls
            ],
            subscribers=[
                SubscriberMetrics(subscription.id, peer.lane.number, subscription.lag)
                for peer in self._server.peers
                for subscription in self._listening(peer)
            ],
        )

    def _client(self, peer: Connection, leases: dict[int, int]) -> Client:
        return Client(
            id=peer.lane.number,
            pid=peer.pid,
            command=None if peer.pid is None else program(peer.pid),
            client=peer.client,
            version=peer.version,
            access=peer.access,
            connected_at=_moment(peer.connected_at),
            calls=peer.lane.begun,
            in_flight=peer.in_flight,
            subscriptions=self._listening(peer),
            leases=leases.get(peer.lane.number, 0),
        )

    def _listening(self, peer: Connection) -> list[ClientSubscription]:
        return [
            ClientSubscription(
                id=each.id,
                topics=list(each.topics),
                workspace_id=each.workspace_id,
                cursor=cursor_of(each.position),
                lag=max(0, self._hub.head - each.position),
            )
            for each in self._subscriptions.of(peer)
        ]


def _spread(histogram: Histogram) -> Distribution:
    buckets = list(histogram.counts)
    while buckets and not buckets[-1]:
        buckets.pop()
    return Distribution(
        p50=histogram.quantile(0.5),
        p90=histogram.quantile(0.9),
        p99=histogram.quantile(0.99),
        max=histogram.maximum,
        count=sum(buckets),
        sum=histogram.total,
        buckets=buckets,
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
