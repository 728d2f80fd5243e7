"""Tells a Headroom gateway by MQTT how this Python program stands with its memory, and does as it is told.

As a library, in a program that runs for long:

    from headroom_device import Device
    device = Device("plant-1", "sensor-7", host="gateway.local").start()

or beside nothing, to try it:  python3 headroom_device.py plant-1 sensor-7 --host gateway.local

It needs the MQTT client paho-mqtt (1.6 or 2.x) and otherwise the standard library. Topics, below
headroom/<site>/<device>:

    memory   a sample every 10 s, retained
    status   "online", and "offline" as last will, retained
    command  {"do": "collect"} | {"do": "threshold", "gen0": 700, "gen1": 10, "gen2": 10}
             | {"do": "tracemalloc", "on": true} | {"do": "restart"}
    answer   what came of a command

A sample: {"time": ms since the epoch, "rss": bytes, "headroom": {"bytes": until the limit, "limit": bytes},
"gc": {"counts", "threshold", "collections", "uncollectable"}, "tracemalloc": null or {"current", "peak", "top"},
"uptimeSeconds", "python"}. What the system does not tell is null. Only names, places and sizes leave the program.
"""

import argparse
import gc
import json
import os
import platform
import sys
import threading
import time
import tracemalloc

import paho.mqtt.client as mqtt

STARTED = time.monotonic()
TOP = 5
MOST_UNCONFIRMED = 20


def resident_bytes():
    """Physical memory of this process in bytes; None where the system has no /proc."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def first_number(*paths):
    """The first of these files that holds a plain number below 2**62 (above is no limit); None without one."""
    for path in paths:
        try:
            with open(path, encoding="ascii") as file:
                number = int(file.read())
        except (OSError, ValueError):
            continue
        if 0 < number < 2**62:
            return number
    return None


def system_memory(field):
    """A line of /proc/meminfo in bytes; None where there is none."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return None


def headroom(rss, own_limit=None):
    """Bytes until the nearest of the program's own limit, the container's and the system; None where none is known."""
    rooms = []
    if own_limit is not None and rss is not None:
        rooms.append({"bytes": max(0, own_limit - rss), "limit": own_limit})
    limit = first_number("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    used = first_number("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes") or rss
    if limit is not None and used is not None:
        rooms.append({"bytes": max(0, limit - used), "limit": limit})
    total, available = system_memory("MemTotal"), system_memory("MemAvailable")
    if total is not None and available is not None:
        rooms.append({"bytes": available, "limit": total})
    return min(rooms, key=lambda room: room["bytes"]) if rooms else None


def traced():
    """What tracemalloc knows, while it is on: bytes, and the source lines that hold most."""
    if not tracemalloc.is_tracing():
        return None
    current, peak = tracemalloc.get_traced_memory()
    largest = tracemalloc.take_snapshot().statistics("lineno")[:TOP]
    top = [
        {"where": f"{os.path.basename(one.traceback[0].filename)}:{one.traceback[0].lineno}", "bytes": one.size}
        for one in largest
    ]
    return {"current": current, "peak": peak, "top": top}


def sample(own_limit=None):
    rss = resident_bytes()
    stats = gc.get_stats()
    return {
        "time": int(time.time() * 1000),
        "rss": rss,
        "headroom": headroom(rss, own_limit),
        "gc": {
            "counts": gc.get_count(),
            "threshold": gc.get_threshold(),
            "collections": [one["collections"] for one in stats],
            "uncollectable": sum(one["uncollectable"] for one in stats),
        },
        "tracemalloc": traced(),
        "uptimeSeconds": round(time.monotonic() - STARTED, 3),
        "python": platform.python_version(),
    }


def collect(_command):
    before = resident_bytes()
    objects = gc.collect()
    return {"unreachable": objects, "rssBefore": before, "rssAfter": resident_bytes()}


def threshold(command):
    wanted = [command.get(name, now) for name, now in zip(("gen0", "gen1", "gen2"), gc.get_threshold())]
    for name, value in zip(("gen0", "gen1", "gen2"), wanted):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
            raise ValueError(f"{name}: {value!r} is not valid, expected a whole number from 0 to 1000000000")
    gc.set_threshold(*wanted)
    return {"threshold": gc.get_threshold()}


def trace(command):
    on = command.get("on")
    if not isinstance(on, bool):
        raise ValueError(f"on: {on!r} is not valid, expected true or false")
    if on:
        tracemalloc.start()
    else:
        tracemalloc.stop()
    return {"tracing": tracemalloc.is_tracing()}


class Device:
    """Publishes samples and obeys commands, in threads of its own, until stop().

    `interval` is in seconds; `limit` the bytes this program may have, where that is less than container or system
    give. `restart` is called for that command; by default the program is started anew with the
    arguments it was started with. While the broker is away nothing piles up: samples of that time are not kept, and
    of what a broker must confirm (status, answers) at most MOST_UNCONFIRMED messages wait for it.
    """

    def __init__(self, site, name, host="localhost", port=1883, interval=10.0, limit=None, restart=None):
        for field, value in (("site", site), ("name", name)):
            if not value or any(letter in value for letter in "/+#\0"):
                raise ValueError(f"{field}: {value!r} is not valid, expected a text without / + #")
        if not interval >= 0.1:
            raise ValueError(f"interval: {interval!r} is not valid, expected at least 0.1 (seconds)")
        self.topic = f"headroom/{site}/{name}"
        self.interval = interval
        self.limit = limit
        self._restart = restart or self._start_anew
        self._commands = {"collect": collect, "threshold": threshold, "tracemalloc": trace, "restart": None}
        self._stopped = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="headroom", daemon=True)
        self.client = _client(f"headroom-{site}-{name}")
        self.client.max_queued_messages_set(MOST_UNCONFIRMED)
        self.client.will_set(self.topic + "/status", "offline", qos=1, retain=True)
        self.client.on_connect = self._connected
        self.client.on_message = self._told
        self.client.connect_async(host, port, keepalive=60)

    def start(self):
        self.client.loop_start()
        self._ticker.start()
        return self

    def stop(self):
        self._stopped.set()
        self.client.publish(self.topic + "/status", "offline", qos=1, retain=True)
        self.client.disconnect()
        self.client.loop_stop()

    def _tick(self):
        while not self._stopped.wait(self.interval):
            self._publish()

    def _publish(self):
        if self.client.is_connected():
            self.client.publish(self.topic + "/memory", json.dumps(sample(self.limit)), retain=True)

    def _connected(self, client, _userdata, _flags, *_reason):
        client.publish(self.topic + "/status", "online", qos=1, retain=True)
        client.subscribe(self.topic + "/command", qos=1)
        self._publish()

    def _told(self, _client, _userdata, message):
        command, answer = None, {}
        try:
            command = json.loads(message.payload)
            if not isinstance(command, dict) or command.get("do") not in self._commands:
                raise ValueError(f"do: expected one of {', '.join(self._commands)}")
            act = self._commands[command["do"]]
            answer = act(command) if act else {}
        except Exception as error:  # whatever a command brings, the device goes on
            answer = {"error": str(error)}
        do = command.get("do") if isinstance(command, dict) else None
        told = self.client.publish(self.topic + "/answer", json.dumps({"do": do, **answer}), qos=1)
        if do == "restart" and "error" not in answer:
            threading.Thread(target=self._end, args=(told,), name="headroom-restart").start()

    def _end(self, told):
        try:
            told.wait_for_publish(2)
        except (ValueError, RuntimeError):
            pass  # the broker went meanwhile: nobody hears the answer, and the command holds all the same
        self._restart()

    @staticmethod
    def _start_anew():
        os.execv(sys.executable, [sys.executable, *getattr(sys, "orig_argv", ["", *sys.argv])[1:]])


def _client(client_id):
    """paho-mqtt 2 wants to be told which callbacks it gets, 1.6 does not know the question."""
    versions = getattr(mqtt, "CallbackAPIVersion", None)
    return mqtt.Client(versions.VERSION2, client_id=client_id) if versions else mqtt.Client(client_id=client_id)


def main():
    parser = argparse.ArgumentParser(description="Publish this program's memory by MQTT")
    parser.add_argument("site")
    parser.add_argument("name")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--interval", type=float, default=10.0, help="seconds between samples")
    parser.add_argument("--limit-mb", type=float, help="what this program may have")
    given = parser.parse_args()
    limit = None if given.limit_mb is None else int(given.limit_mb * 1024 * 1024)
    Device(given.site, given.name, given.host, given.port, given.interval, limit).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
