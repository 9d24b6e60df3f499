"""A subscriber that nobody here wrote: confluent-kafka with its stock Avro deserializer, read_committed, from offset 0.

Reads a plan as JSON from standard input and prints a verdict as JSON:
  plan:    {"brokers", "registry", "topics": [{"topic", "key": field or null, "state": bool, "expected": [values] or null}]}
  verdict: {"topics": {topic: {"records", "tombstones", "problems": [text]}}}
`expected` is the multiset of values that the topic must hold, as in schemas/samples; null: any, as long as all is readable.
Exit code 0 when there is no problem, 1 when there is one.
"""

import base64
import datetime
import decimal
import json
import sys
import uuid

from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TIMEOUT_SECONDS = 60
MAX_PROBLEMS = 20
# The default of 28 digits would round a decimal(28,10) that has more.
decimal.getcontext().prec = 80


def normal(value):
    """Decoded value -> the plain JSON form of the golden samples."""
    if isinstance(value, decimal.Decimal):
        text = format(value.normalize(), "f")
        return "0" if text == "-0" else text
    if isinstance(value, datetime.datetime):
        utc = value.astimezone(datetime.timezone.utc)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (utc.microsecond // 1000)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: normal(each) for key, each in value.items()}
    if isinstance(value, list):
        return [normal(each) for each in value]
    return value


def difference(expected, actual, path=""):
    """Path and texts of the first difference, None when equal. A long beyond 2^53 is text in a sample."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(set(expected) | set(actual)):
            if name not in expected or name not in actual:
                return "%s.%s is on one side only" % (path, name)
            found = difference(expected[name], actual[name], "%s.%s" % (path, name))
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return "%s has %d items, expected %d" % (path, len(actual), len(expected))
        for index, pair in enumerate(zip(expected, actual)):
            found = difference(pair[0], pair[1], "%s[%d]" % (path, index))
            if found:
                return found
        return None
    if isinstance(actual, int) and not isinstance(actual, bool) and isinstance(expected, str):
        expected = int(expected)
    if type(expected) is not type(actual) or expected != actual:
        return "%s is %r, expected %r" % (path, actual, expected)
    return None


def header(message, name):
    values = [value for key, value in (message.headers() or []) if key == name]
    return values[0].decode() if values and values[0] is not None else None


def messages(brokers, topics):
    """Every committed record of the topics, up to their ends."""
    consumer = Consumer(
        {
            "bootstrap.servers": ",".join(brokers),
            "group.id": "judge-" + str(uuid.uuid4()),
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    try:
        metadata = consumer.list_topics(timeout=TIMEOUT_SECONDS).topics
        left = {(topic, partition) for topic in topics for partition in metadata[topic].partitions}
        consumer.assign([TopicPartition(topic, partition, 0) for topic, partition in sorted(left)])
        while left:
            message = consumer.poll(TIMEOUT_SECONDS)
            if message is None:
                raise RuntimeError("the end of %s did not come" % sorted(left))
            if message.error() is None:
                yield message
            elif message.error().code() == KafkaError._PARTITION_EOF:
                left.discard((message.topic(), message.partition()))
            else:
                raise RuntimeError(str(message.error()))
    finally:
        consumer.close()


class TopicJudge:
    def __init__(self, entry, deserialize):
        self.entry = entry
        self.deserialize = deserialize
        self.expected = None if entry["expected"] is None else list(entry["expected"])
        self.seen = set()
        self.revisions = {}
        self.records = 0
        self.tombstones = 0
        self.problems = []

    def problem(self, message, text):
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append("partition %d offset %d: %s" % (message.partition(), message.offset(), text))

    def read(self, message):
        self.records += 1
        self.once(message)
        if message.value() is None:
            self.tombstones += 1
            return
        try:
            value = self.deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
        except Exception as error:  # noqa: BLE001 - whatever a stock client trips over is the finding
            self.problem(message, "cannot be decoded: %s" % error)
            return
        self.in_order(message, value)
        self.keyed(message, value)
        self.compare(message, normal(value))

    def once(self, message):
        """Each event once: (ce_source, ce_id) never repeats."""
        identity = (header(message, "ce_source"), header(message, "ce_id"))
        if None in identity:
            self.problem(message, "has no ce_source or ce_id")
        elif identity in self.seen:
            self.problem(message, "is a second copy of event %s of %s" % (identity[1], identity[0]))
        self.seen.add(identity)

    def in_order(self, message, value):
        """State topics: the revision of a key rises, in its one partition."""
        if not self.entry["state"]:
            return
        partition, revision = self.revisions.get(message.key(), (message.partition(), -1))
        if partition != message.partition():
            self.problem(message, "is in another partition than partition %d of the same key" % partition)
        if value["revision"] <= revision:
            self.problem(message, "has revision %d after %d of the same key" % (value["revision"], revision))
        self.revisions[message.key()] = (message.partition(), value["revision"])

    def keyed(self, message, value):
        field = self.entry["key"]
        if field is not None and message.key().decode() != value[field]:
            self.problem(message, "has the key %r, its %s is %r" % (message.key(), field, value[field]))

    def compare(self, message, value):
        if self.expected is None:
            return
        differences = [difference(each, value) for each in self.expected]
        if None in differences:
            self.expected.pop(differences.index(None))
        else:
            self.problem(message, "is not expected: %s" % (differences[0] if differences else "nothing more is"))

    def verdict(self):
        missing = [] if not self.expected else ["%d expected values did not come" % len(self.expected)]
        return {"records": self.records, "tombstones": self.tombstones, "problems": self.problems + missing}


def main():
    plan = json.load(sys.stdin)
    deserialize = AvroDeserializer(SchemaRegistryClient({"url": plan["registry"]}))
    judges = {entry["topic"]: TopicJudge(entry, deserialize) for entry in plan["topics"]}
    for message in messages(plan["brokers"], list(judges)):
        judges[message.topic()].read(message)
    verdicts = {topic: judge.verdict() for topic, judge in judges.items()}
    json.dump({"topics": verdicts}, sys.stdout)
    sys.exit(1 if any(each["problems"] for each in verdicts.values()) else 0)


if __name__ == "__main__":
    main()
