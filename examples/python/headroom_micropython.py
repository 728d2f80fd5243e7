"""The same for MicroPython (ESP32, Pico W …): needs umqtt.simple, which `mip` installs. Copy it onto the board.

    import headroom_micropython as headroom
    device = headroom.Device("plant-1", "board-3", "gateway.local")
    while True:
        device.work()        # publishes when it is time, and takes commands; returns at once
        ...                  # what the board is there for

Topics and commands are those of headroom_device.py. A sample: {"time": ms since the epoch or null when the clock is
not set, "mem_alloc", "mem_free", "headroom": {"bytes", "limit"}, "uptimeSeconds"}.
"""

import gc
import json
import time

from umqtt.simple import MQTTClient, MQTTException

# MicroPython counts from 2000 on most boards, from 1970 on some.
_TO_UNIX = 946684800 if time.gmtime(0)[0] == 2000 else 0
_CLOCK_IS_SET_AFTER = 1577836800  # 2020: before that a board only counts from its start


def sample(started):
    free, used = gc.mem_free(), gc.mem_alloc()
    now = time.time() + _TO_UNIX
    return {
        "time": now * 1000 if now > _CLOCK_IS_SET_AFTER else None,
        "mem_alloc": used,
        "mem_free": free,
        "headroom": {"bytes": free, "limit": free + used},
        "uptimeSeconds": time.ticks_diff(time.ticks_ms(), started) // 1000,
    }


class Device:
    def __init__(self, site, name, host, port=1883, interval_ms=10000):
        self.topic = "headroom/%s/%s/" % (site, name)
        self.interval_ms = interval_ms
        self._started = self._last = time.ticks_ms()
        self._due = True
        self._connected = False
        self._client = MQTTClient("headroom-%s-%s" % (site, name), host, port, keepalive=60)
        self._client.set_last_will(self.topic + "status", b"offline", retain=True, qos=1)
        self._client.set_callback(self._told)

    def work(self):
        """Never raises for want of a broker: it tries again when the next sample is due."""
        now = time.ticks_ms()
        if time.ticks_diff(now, self._last) >= self.interval_ms:
            self._last = now
            self._due = True
        try:
            if not self._connected and self._due:
                self._client.connect()
                self._connected = True
                self._client.publish(self.topic + "status", b"online", retain=True, qos=1)
                self._client.subscribe(self.topic + "command")
            if self._connected:
                self._client.check_msg()
                if self._due:
                    self._client.publish(self.topic + "memory", json.dumps(sample(self._started)), retain=True)
        except (OSError, MQTTException):
            self._hang_up()
        self._due = False

    def _hang_up(self):
        """A board has few sockets: one that is of no use is closed, not left to the collector."""
        self._connected = False
        try:
            self._client.sock.close()
        except (OSError, AttributeError):
            pass  # there was none yet

    def _told(self, _topic, payload):
        answer, do = {}, None
        try:
            command = json.loads(payload)
            do = command.get("do")
            if do == "collect":
                before = gc.mem_free()
                gc.collect()
                answer = {"freed": gc.mem_free() - before}
            elif do == "threshold":
                gc.threshold(int(command["gen0"]))
                answer = {"threshold": gc.threshold()}
            elif do != "restart":
                answer = {"error": "do: expected one of collect, threshold, restart"}
        except Exception as error:
            answer = {"error": str(error)}
        answer["do"] = do
        self._client.publish(self.topic + "answer", json.dumps(answer))
        if do == "restart":
            import machine

            machine.reset()
