"""Messages by AMQP 0-9-1 from one quorum queue, whose consumers compete: RabbitMQ has no shared subscriptions."""

import ssl
from collections import deque
from collections.abc import Sequence
from typing import Any

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from kiosk.office.broker_line import BrokerAt
from kiosk.office.brokers.rabbitmq import BINDINGS, EXCHANGE, QUEUE
from kiosk.office.collecting.received import topic_of
from kiosk.office.collecting.source import SourceError, Taken

AHEAD = 2_000
"""So many messages wait here while others are written."""
HEARTBEAT_S, ANSWER_S = 20, 10
NOT_FOUND = 404


class CompetingConsumer:
    """One collector of the queue `queue`."""

    def __init__(self, at: BrokerAt, queue: str) -> None:
        self._at, self._queue = at, queue
        self._connection: Any = None
        self._channel: Any = None
        self._waiting: deque[Taken] = deque()
        self._cancelled = False

    def create(self) -> None:
        """The queue, bound to what kiosks say; nothing where it is there. Raises SourceError."""
        try:
            self._connect()
            if not self._is_there():
                self._channel.queue_declare(self._queue, durable=True, arguments=QUEUE)
                for key in BINDINGS:
                    self._channel.queue_bind(self._queue, EXCHANGE, key)
        except (AMQPError, OSError, ssl.SSLError) as error:
            raise SourceError(f"{self._at}: {_words(error)}") from error
        finally:
            self.close()

    def open(self) -> None:
        self.close()
        try:
            self._connect()
            self._channel.basic_qos(prefetch_count=AHEAD)
            self._channel.add_on_cancel_callback(self._on_cancel)
            self._channel.basic_consume(self._queue, self._on_message)
        except (AMQPError, OSError, ssl.SSLError) as error:
            self.close()
            raise SourceError(f"{self._at}: {_words(error)}") from error

    def take(self, most: int, timeout: float) -> list[Taken]:
        if not self._waiting:
            self._turn(timeout)
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def acknowledge(self, taken: Sequence[Taken]) -> None:
        if not taken:
            return
        try:
            self._channel.basic_ack(taken[-1].tag, multiple=True)
        except (AMQPError, OSError) as error:
            raise SourceError(f"{self._at}: {_words(error)}") from error

    def idle(self, seconds: float) -> None:
        self._turn(seconds)

    def close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        self._waiting.clear()
        self._cancelled = False
        if connection is not None and connection.is_open:
            try:
                connection.close()
            except (AMQPError, OSError):
                # It is over in any case, and what was not acknowledged is given out again.
                return

    def _is_there(self) -> bool:
        """Who may only read asks no more than that."""
        try:
            self._channel.queue_declare(self._queue, passive=True)
        except ChannelClosedByBroker as error:
            if error.reply_code != NOT_FOUND:
                raise
            self._channel = self._connection.channel()
            return False
        return True

    def _connect(self) -> None:
        at = self._at
        asked = pika.ConnectionParameters(
            at.host,
            at.port,
            credentials=self._credentials(),
            ssl_options=self._tls(),
            heartbeat=HEARTBEAT_S,
            socket_timeout=ANSWER_S,
            stack_timeout=ANSWER_S,
            blocked_connection_timeout=60,
            client_properties={"connection_name": at.client_id},
        )
        self._connection = pika.BlockingConnection(asked)
        self._channel = self._connection.channel()

    def _credentials(self) -> Any:
        if self._at.user is not None:
            return pika.PlainCredentials(self._at.user, self._at.password or "")
        return (
            pika.credentials.ExternalCredentials() if self._at.certificate else pika.PlainCredentials("guest", "guest")
        )

    def _tls(self) -> Any:
        at = self._at
        if at.ca is None:
            return None
        context = ssl.create_default_context(cafile=at.ca)
        if at.certificate is not None:
            context.load_cert_chain(at.certificate, at.key)
        return pika.SSLOptions(context, at.host)

    def _turn(self, seconds: float) -> None:
        if self._connection is None:
            raise SourceError(f"{self._at}: not open")
        try:
            self._connection.process_data_events(time_limit=seconds)
        except (AMQPError, OSError) as error:
            raise SourceError(f"{self._at}: {_words(error)}") from error
        if self._cancelled:
            raise SourceError(f"{self._at}: queue {self._queue} was deleted")

    def _on_message(self, _channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        self._waiting.append(Taken(topic_of(method.routing_key), body, method.delivery_tag))

    def _on_cancel(self, _method: Any) -> None:
        self._cancelled = True


def _words(error: BaseException) -> str:
    """pika's errors often have no words but their name."""
    return str(error) or repr(error)
