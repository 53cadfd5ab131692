"""What every log of the scenarios needs: a day, chance that can be repeated, and lines in the order of time."""
import json
from datetime import datetime, timedelta, timezone

from generate import Dice

ORDINARY_DAY = datetime(2024, 5, 13, tzinfo=timezone.utc)
ATTACK_DAY = datetime(2024, 5, 14, tzinfo=timezone.utc)

# People and machines of corp.example. Addresses: private and documentation ranges only.
PEOPLE = ["akaya", "bnowak", "cmeier", "dlopez", "efischer", "jdoe"]
OFFICE = {name: f"10.20.5.{20 + n}" for n, name in enumerate(PEOPLE)}
GATEWAY = "192.0.2.10"                      # the office seen from outside
STRANGERS = ["198.51.100.23", "203.0.113.66", "203.0.113.71"]
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/125.0"


class Log:
    """The lines of one log on one day."""

    def __init__(self, attack, seed):
        self.attack = attack
        self.day = ATTACK_DAY if attack else ORDINARY_DAY
        self.dice = Dice(seed + attack)
        self.items = []

    def at(self, clock, seconds=0):
        """A time of the day, `seconds` after HH:MM:SS."""
        hours, minutes, rest = clock.split(":")
        return self.day + timedelta(hours=int(hours), minutes=int(minutes), seconds=int(rest) + seconds)

    def times(self, count, begin="07:30:00", end="17:30:00"):
        """Times spread over the working day."""
        first, span = self.at(begin), (self.at(end) - self.at(begin)).total_seconds()
        for n in range(count):
            yield first + timedelta(milliseconds=int(1000 * span * (n + self.dice.source.random()) / count))

    def add(self, time, line):
        self.items.append((time, len(self.items), line))

    def add_json(self, time, event):
        self.add(time, json.dumps(event, ensure_ascii=False, separators=(",", ":")))

    def lines(self):
        return [line for _, _, line in sorted(self.items)]


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
