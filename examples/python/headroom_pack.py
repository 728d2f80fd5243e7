"""Reads packets of Headroom's memory-pack node: docs/pack-format.md, with the standard library alone.

    from headroom_pack import read_packet
    columns = read_packet(message.payload)      # {'time': [...], 'id': [...], 'value': [...]}
    frame = pandas.DataFrame(columns)

As a program it prints a file of one packet as JSON, a line for each record: python3 headroom_pack.py packet.bin
"""

import json
import struct
import sys
import zlib

TYPES = ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "time", "string", "fixed"]
NUMBERS = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "u8": "B", "u16": "H", "u32": "I", "u64": "Q",
           "f32": "f", "f64": "d", "time": "q"}
WORDS = {1: "B", 2: "H", 4: "I", 8: "Q"}
PLAIN, INTEGERS, XOR, DECIMALS, DICTIONARY = range(5)


class PacketError(ValueError):
    """Not one whole, undamaged packet."""


class Reader:
    """Bytes in order, little-endian."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        part = self.data[self.at:self.at + count]
        if len(part) < count:
            raise PacketError("ends too early")
        self.at += count
        return part

    def numbers(self, code, count):
        return list(struct.unpack(f"<{count}{code}", self.take(count * struct.calcsize("<" + code))))

    def number(self, code):
        return self.numbers(code, 1)[0]


def read_packet(data):
    """The columns of a packet by name, as lists; None where a record has no value; times in ms since 1970."""
    fields, count, layout, body = _read_header(bytes(data))
    if layout == 0:
        return _read_rows(body, fields, count)
    columns = {}
    for field in fields:
        columns[field["name"]] = _read_column(Reader(body.take(field["bytes"])), field, count)
    return columns


def _read_header(data):
    if len(data) < 20 or data[:4] != b"HRPK":
        raise PacketError("does not begin with HRPK")
    version, layout, field_count, count, size, crc = struct.unpack("<BBHIII", data[4:20])
    if version != 1:
        raise PacketError(f"version {version} is not known")
    if size != len(data):
        raise PacketError(f"{len(data)} bytes, expected {size}")
    if zlib.crc32(data[20:], zlib.crc32(data[:16])) != crc:
        raise PacketError("damaged: the checksum does not fit")
    reader = Reader(data)
    reader.at = 20
    fields = []
    for _ in range(field_count):
        code, flags, length, name_length = reader.numbers("B", 2) + [reader.number("H"), reader.number("B")]
        field = {"type": TYPES[code], "optional": flags == 1, "length": length,
                 "name": _text(reader.take(name_length))}
        if layout == 1:
            field["encoding"], field["bytes"] = reader.number("B"), reader.number("I")
        fields.append(field)
    return fields, count, layout, reader


def _text(data):
    return data.decode("utf-8", "surrogatepass")


def _bits(reader, count):
    data = reader.take((count + 7) // 8)
    return [data[i >> 3] >> (i & 7) & 1 for i in range(count)]


def _read_column(reader, field, count):
    present = _bits(reader, count) if field["optional"] else [1] * count
    values = iter(_read_values(reader, field, sum(present)))
    return [next(values) if bit else None for bit in present]


def _read_values(reader, field, count):
    kind, encoding = field["type"], field["encoding"]
    if kind == "bool":
        return [bit == 1 for bit in _bits(reader, count)]
    if encoding == DICTIONARY:
        texts = _texts(reader, reader.number("I"))
        return [texts[place] for place in _integers(reader, count)]
    if kind == "string":
        return _texts(reader, count)
    if kind == "fixed":
        return [_fixed(reader.take(field["length"])) for _ in range(count)]
    if encoding == PLAIN:
        return reader.numbers(NUMBERS[kind], count)
    if encoding == INTEGERS:
        values = _integers(reader, count)
        return [value % 2**64 for value in values] if kind == "u64" else values
    if encoding == XOR:
        return _xor(reader, count)
    if encoding == DECIMALS:
        return _decimals(reader, count, kind == "f32")
    raise PacketError(f"encoding {encoding} is not known")


def _fixed(data):
    return _text(data.split(b"\xff")[0])


def _texts(reader, count):
    return [_text(reader.take(length)) for length in _integers(reader, count)]


def _integers(reader, count):
    encoding, base = reader.number("B"), reader.number("q")
    if encoding == 1:
        return [base + offset for offset in reader.numbers(WORDS[reader.number("B")], count)]
    if encoding != 2:
        raise PacketError(f"encoding {encoding} of whole numbers is not known")
    order = reader.number("B")
    value = reader.number("q") if order > 0 else 0
    step = reader.number("q") if order > 1 else 0
    offsets = [value, value + step][:order]
    value += step
    while len(offsets) < count:
        block = min(32, count - len(offsets))
        width = reader.number("B")
        bits = int.from_bytes(reader.take((block * width + 7) // 8), "little")
        for i in range(block):
            raw = bits >> (i * width) & (1 << width) - 1
            if order == 0:
                value = raw
            else:
                change = -(raw + 1) // 2 if raw & 1 else raw // 2
                step = change if order == 1 else step + change
                value += step
            offsets.append(value)
    return [base + offset for offset in offsets]


def _xor(reader, count):
    data = reader.take(len(reader.data) - reader.at)
    bits, at = int.from_bytes(data, "little"), 0

    def get(width):
        nonlocal at
        at += width
        return bits >> (at - width) & (1 << width) - 1

    word, leading, width, values = 0, 0, 0, []
    for i in range(count):
        if i == 0:
            word = get(64)
        elif get(1):
            if get(1):
                leading, width = get(5), get(6) + 1
            word ^= get(width) << (64 - leading - width)
        values.append(struct.unpack("<d", struct.pack("<Q", word))[0])
    return values


def _decimals(reader, count, single):
    power = 10 ** reader.number("B")
    exceptions = reader.number("I")
    places, others = reader.numbers("I", exceptions), reader.numbers("d", exceptions)
    values = [whole / power for whole in _integers(reader, count)]
    if single:
        values = [struct.unpack("<f", struct.pack("<f", value))[0] for value in values]
    for place, value in zip(places, others):
        values[place] = value
    return values


def _read_rows(reader, fields, count):
    texts = {}
    for field in fields:
        if field["type"] == "string":
            part = Reader(reader.take(reader.number("I")))
            texts[field["name"]] = _texts(part, part.number("I"))
    optional = [field["name"] for field in fields if field["optional"]]
    columns = {field["name"]: [] for field in fields}
    for _ in range(count):
        bits = _bits(reader, 8 * ((len(optional) + 7) // 8))
        present = dict(zip(optional, bits))
        for field in fields:
            name = field["name"]
            value = _row_value(reader, field, texts.get(name), present.get(name, 1))
            columns[name].append(value if present.get(name, 1) else None)
    return columns


def _row_value(reader, field, texts, present):
    kind = field["type"]
    if kind == "fixed":
        data = reader.take(field["length"])
        return _fixed(data) if present else None
    if kind == "bool":
        return reader.number("B") == 1
    if kind == "string":
        width = 1 if len(texts) <= 256 else 2 if len(texts) <= 65536 else 4
        place = reader.number(WORDS[width])
        return texts[place] if present else None
    return reader.number(NUMBERS[kind])


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        found = read_packet(file.read())
    for record in zip(*found.values()):
        print(json.dumps(dict(zip(found, record))))
