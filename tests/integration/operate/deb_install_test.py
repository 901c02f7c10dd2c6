"""The Debian package, installed and purged over this very system: in an overlay of it, so that the system
stays as it is. Needs root and overlayfs."""

import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# Everything below ends with the mount namespace.
OVER_THE_SYSTEM = """set -eu
mount -t tmpfs tmpfs "$1"; cd "$1"; mkdir upper work system
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" system
mount -t proc proc system/proc; mount --rbind /dev system/dev
mkdir -p system/run/deb; cp "$2" system/run/deb/viz-api.deb
"""
INSTALL = "dpkg -i /run/deb/viz-api.deb\n"
# What a package may leave behind: its user, and dpkg's own books.
BOOKS = r"^\./(etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|etc/\.pwd\.lock|var/log/.*|var/lib/dpkg/.*|run/.*|var/cache/.*)$"


def over_the_system(inside, outside=""):
    """Runs `inside` in the overlay, then `outside` in what was changed."""
    [package] = (ROOT / "build/deb").glob("*.deb")
    script = f"{OVER_THE_SYSTEM}chroot system sh -euc {shlex.quote(inside)}\ncd upper\n{outside}"
    with tempfile.TemporaryDirectory(prefix="viz-deb-") as folder:
        return subprocess.run(["unshare", "--mount", "bash", "-c", script, "bash", folder, package], capture_output=True, text=True, timeout=300)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        tried = over_the_system("true")
        if tried.returncode != 0:
            raise unittest.SkipTest(f"an overlay of the system is not available: {tried.stderr.strip()}")

    def works(self, inside, outside=""):
        done = over_the_system(inside, outside)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_configuration_is_in_conffiles_that_root_and_the_service_alone_can_read(self):
        reported = self.works(INSTALL + "dpkg-query -W -f '${Conffiles}' viz-api; stat -c '%A %U %G %n' /etc/viz-api /etc/viz-api/*")
        for line in (" /etc/viz-api/chains.json ", " /etc/viz-api/viz-api.env ", "drwxr-x--- root viz-api /etc/viz-api\n",
                     "-rw-r----- root viz-api /etc/viz-api/viz-api.env\n", "-rw-r----- root viz-api /etc/viz-api/chains.json\n"):
            self.assertIn(line, reported)

    def test_programs_run_as_the_services_user_with_that_configuration(self):
        self.works(INSTALL + """cd /; set -a; . /etc/viz-api/viz-api.env; set +a
setpriv --reuid viz-api --regid viz-api --clear-groups viz-api --check-config
for program in viz-api viz-replay viz-tap; do $program --version; done
! ldd /usr/bin/viz-api /usr/bin/viz-replay /usr/bin/viz-tap | grep 'not found'""")

    def test_units_are_clean_and_name_what_is_installed(self):
        reported = self.works(INSTALL + "systemd-analyze verify --man=no viz-api.service viz-api.socket viz-api@features.service 2>&1 | grep -i viz-api || true\n"
                          "for page in $(sed -n 's/^Documentation=//p' /usr/lib/systemd/system/viz-api*); do test -f ${page#file://}; done\n")
        self.assertNotRegex(reported, r"viz-api\S*\.(service|socket):")

    def test_operators_commands_run_from_anywhere(self):
        self.works(INSTALL + "cd /; for tool in release canary_check handover; do /usr/share/viz-api/tools/$tool.sh --help; done")

    def test_what_was_changed_in_the_configuration_stays_until_the_purge_and_so_does_the_record(self):
        self.works(INSTALL + """echo VIZ_API_LOG=debug >>/etc/viz-api/viz-api.env
mkdir -p /var/lib/viz-api; echo record >/var/lib/viz-api/viz-api.db
dpkg -i /run/deb/viz-api.deb; grep -q LOG=debug /etc/viz-api/viz-api.env
dpkg -r viz-api; grep -q LOG=debug /etc/viz-api/viz-api.env; test -s /var/lib/viz-api/viz-api.db; test ! -e /usr/bin/viz-api
dpkg -P viz-api; test ! -e /etc/viz-api; test ! -e /var/lib/viz-api""")

    def test_purge_leaves_nothing_but_the_user(self):
        reported = self.works(INSTALL + "dpkg -P viz-api; grep -q ^viz-api: /etc/passwd",
                          f"find . ! -type d -regextype posix-extended ! -regex {shlex.quote(BOOKS)}; find . -name '*viz*' ! -path './run/*'")
        self.assertEqual([line for line in reported.splitlines() if line.startswith("./")], [])

    def test_configuration_of_the_administrator_keeps_its_folder(self):
        self.works(INSTALL + "echo '{}' >/etc/viz-api/contracts.json; dpkg -P viz-api; test -s /etc/viz-api/contracts.json; test ! -e /etc/viz-api/viz-api.env")


if __name__ == "__main__":
    unittest.main()
