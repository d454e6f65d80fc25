"""Hand-ins of every channel are brought; what is hostile or odd harms no other."""

import io
import json
import os
import socket
import stat
import subprocess
import zipfile

import pytest
from submissions import assigned, notebook

from dlcourse.classroom import collect as module
from dlcourse.classroom import unpack
from dlcourse.classroom.collect import about, collect, read_roster
from dlcourse.classroom.command import main
from dlcourse.start.problem import Problem

ONE, TWO = notebook("x = 1"), notebook("x = 2")


@pytest.fixture
def hw(tmp_path):
    return assigned(tmp_path / "hw", uniform_bound=1)


def zipped(path, files):
    """A zip at ``path``, or its bytes where that is None."""
    file = io.BytesIO() if path is None else path
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return path or file.getvalue()


def folder(path, files):
    for name, raw in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(raw)
    return path


def there(hw):
    """{student: the last hand-in's notebooks}."""
    return {student: hw.notebooks(student) for student in hw.students()}


CHANNELS = {
    "Canvas": {
        "doejane_12345_67890_hw1.ipynb": ONE,
        "roejo_LATE_777_67891_hw1-2.ipynb": TWO,
    },
    "Moodle": {
        "Jane Doe_12345_assignsubmission_file/hw1.ipynb": ONE,
        "Jo Roe_777_assignsubmission_file_/hw1.ipynb": TWO,
        "Jo Roe_777_assignsubmission_onlinetext/onlinetext.html": b"<p>",
    },
    "Moodle without folders": {
        "Jane Doe_12345_assignsubmission_file_hw1.ipynb": ONE,
        "Jo Roe_777_assignsubmission_file_hw1.ipynb": TWO,
    },
    "Moodle, zips": {
        "Jane Doe_12345_assignsubmission_file/a.zip": zipped(
            None, {"b/hw1.ipynb": ONE}
        ),
        "Jo Roe_777_assignsubmission_file/hw1.ipynb": TWO,
    },
    "nbgrader": {
        "12345/hw1/hw1.ipynb": ONE,
        "777/hw1/hw1.ipynb": TWO,
        "777/hw1/.ipynb_checkpoints/hw1-checkpoint.ipynb": ONE,
    },
    "exchange": {
        "12345+hw1+2026-10-12 21:59:00.12 UTC+Q3x/hw1.ipynb": ONE,
        "777+hw1+2026-10-11 21:59:00.12 UTC+abc/hw1.ipynb": ONE,
        "777+hw1+2026-10-12 21:59:00.12 UTC+bcd/hw1.ipynb": TWO,
    },
    "zips": {
        "12345.zip": zipped(None, {"hw1.ipynb": ONE, "__MACOSX/._hw1.ipynb": b"x"}),
        "777.zip": zipped(None, {"inner/hw1.ipynb": TWO}),
    },
}


WHOSE = {  # the names that Canvas' and Moodle's own code makes, and whose they are
    "doejane_12345_6_hw.ipynb": ("12345", False),
    "doejane_LATE_12345_6_hw-1.ipynb": ("12345", True),
    "doejane_12345_6_3_1_hw.ipynb": ("12345", False),
    "doejane_12345_6_x_777_assignsubmission_file_hw.ipynb": ("12345", False),
    "team_a_12345_6_hw.ipynb": ("12345", False),
    "doejane_12345_6_all/inner/hw.ipynb": ("12345", False),
    "anon_aB1x9_6_x_777_1_hw.ipynb": ("anon_aB1x9", False),
    "LATE_anon_aB1x9_6_hw.ipynb": ("anon_aB1x9", True),
    "Jane Doe_12345_assignsubmission_file_/sub/hw.ipynb": ("12345", False),
    "Participant_12345_assignsubmission_file/hw.ipynb": ("12345", False),
    "Group A-Jane Doe_12345_assignsubmission_file_hw.ipynb": ("12345", False),
    "Jane 2 Doe_12345_assignsubmission_file_x_777_1_hw.ipynb": ("12345", False),
    "Jane Doe_12345_assignsubmission_file_x_777_assignsubmission_file_hw.ipynb": (
        "12345",
        False,
    ),
    "Team A_77_assignsubmission_file/hw.ipynb": ("77", False),
    "Default group_assignsubmission_file/hw.ipynb": ("Default group", False),
}


@pytest.mark.parametrize("name", WHOSE)
def test_nobody_chooses_by_a_files_name_whose_it_is(hw, tmp_path, name):
    new, problems = collect(hw, [zipped(tmp_path / "all.zip", {name: ONE})])
    assert problems == []
    assert [(who, about(hw.handed_in(who))["late"]) for who in new] == [WHOSE[name]]


def test_what_was_written_online_is_no_notebook(hw, tmp_path):
    files = {"doejane_LATE_12345_text.html": b"<p>", "roejo_777_link.html": b"<p>"}
    new, problems = collect(hw, [zipped(tmp_path / "all.zip", files)])
    assert new == [] and len(problems) == 2
    assert "12345: no notebook among what was handed in" in problems[0]


def test_a_class_in_one_folder_is_told(hw, tmp_path):
    """It cannot be told from one student's folders, who could name them as others."""
    files = {f"submissions/{name}": raw for name, raw in CHANNELS["Canvas"].items()}
    new, problems = collect(hw, [zipped(tmp_path / "all.zip", files)])
    assert new == ["submissions"]
    assert "all of it counts as submissions's" in problems[0]
    source = folder(tmp_path / "all", files)
    assert collect(hw, [source / "submissions"]) == (["12345", "777"], [])


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_is_read(hw, tmp_path, channel, form):
    files = CHANNELS[channel]
    if form == "zip":
        source = zipped(tmp_path / "all.zip", files)
    else:
        source = folder(tmp_path / "all", files)
    new, problems = collect(hw, [source])
    assert (new, problems) == (["12345", "777"], [])
    found = {who: list(books.values()) for who, books in there(hw).items()}
    assert found == {"12345": [ONE], "777": [TWO]}
    assert collect(hw, [source])[0] == []
    told = about(hw.handed_in("777"))
    assert told["late"] == (channel == "Canvas")
    exchange = channel == "exchange"
    assert told["received"] == (
        "2026-10-12T21:59:00.120000+00:00" if exchange else None
    )


def test_what_is_newer_counts_and_nothing_is_lost(hw, tmp_path):
    stamps = "2026-10-12 21:59:00 UTC", "2026-10-13 21:59:00 UTC"
    old, new = (
        folder(tmp_path / day, {f"jane+hw1+{day}+x/hw.ipynb": raw})
        for day, raw in zip(stamps, (ONE, TWO), strict=True)
    )
    assert collect(hw, [old]) == collect(hw, [new]) == (["jane"], [])
    assert there(hw) == {"jane": {"hw.ipynb": TWO}}
    again, problems = collect(hw, [old])
    assert not again and "jane: older than what is there" in problems[0]
    assert there(hw) == {"jane": {"hw.ipynb": TWO}}
    first = hw.folder / "submitted" / "jane" / "handed-in-001" / "hw.ipynb"
    assert first.read_bytes() == ONE


def test_a_stamp_beside_the_notebook_is_its_time(hw, tmp_path):
    files = {
        "jane/hw1/hw1.ipynb": ONE,
        "jane/hw1/timestamp.txt": b"2026-10-12 21:59:00.5 UTC\n",
        "jo/hw1/hw1.ipynb": ONE,
        "jo/hw1/timestamp.txt": b"\xffyesterday",
    }
    collect(hw, [folder(tmp_path / "submitted", files)])
    received = [about(hw.handed_in(who))["received"] for who in ("jane", "jo")]
    assert received == ["2026-10-12T21:59:00.500000+00:00", None]


def git(where, *command, **environment):
    base = {"PATH": os.environ["PATH"], "HOME": str(where), **environment}
    names = ["-c", "user.name=x", "-c", "user.email=x@y"]
    subprocess.run(["git", *names, *command], cwd=where, check=True, env=base)


@pytest.mark.parametrize("packed", [False, True])
def test_a_clone_has_the_time_of_its_last_commit(hw, tmp_path, packed):
    clone = folder(tmp_path / "all" / "hw1-jane", {"a/hw1.ipynb": ONE})
    git(clone, "init", "-q")
    git(clone, "add", ".")
    date = "2026-10-12T23:59:00+02:00"
    git(clone, "commit", "-qm", "x", GIT_COMMITTER_DATE=date)
    if packed:
        git(clone, "gc", "-q")
    # A clone can name programs that git would run: none of its settings may be read,
    # nor that it is of a kind which git refuses.
    evil = tmp_path / "evil"
    with (clone / ".git" / "config").open("a") as file:
        file.write("[core]\n\trepositoryformatversion = 99\n")
        file.write(f'[core]\n\tfsmonitor = "touch {evil}"\n\tpager = "touch {evil}"\n')
        file.write(f'[log]\n\tshowSignature = true\n[gpg]\n\tprogram = "{evil}"\n')
    assert collect(hw, [tmp_path / "all"], prefix="hw1-") == (["jane"], [])
    assert about(hw.handed_in("jane"))["received"] == "2026-10-12T21:59:00+00:00"
    assert not evil.exists()


@pytest.mark.parametrize("head", ["ref: refs/heads/../../../secret", "x", "ref: a b"])
def test_a_clone_that_is_odd_has_no_time(hw, tmp_path, head):
    clone = folder(tmp_path / "all" / "jane", {"hw1.ipynb": ONE})
    (clone / ".git").mkdir()
    (clone / ".git" / "HEAD").write_text(head)
    (clone / ".git" / "packed-refs").write_text("# odd\n\n^x\n")
    assert collect(hw, [tmp_path / "all"]) == (["jane"], [])
    assert about(hw.handed_in("jane"))["received"] is None


def test_a_roster_gives_one_student_one_name(hw, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("student,canvas,github\njane,12345,jd99\njo,777,\n")
    source = zipped(tmp_path / "all.zip", CHANNELS["Canvas"])
    clones = folder(tmp_path / "clones", {"hw1-jd99/hw1.ipynb": TWO})
    command = ["collect", str(hw.folder), str(source), str(clones)]
    assert main([*command, f"--roster={roster}", "--prefix=hw1-"]) == 0
    assert hw.students() == ["jane", "jo"]
    roster.write_text("\ufeffstudent;canvas\r\njane;12345\r\n", encoding="utf-8")
    assert read_roster(roster) == {"12345": "jane"}
    roster.write_text("name\njane\n")
    with pytest.raises(Problem, match="must be named student"):
        read_roster(roster)
    roster.write_text("student,a,b\njane,1,2\njo,2,3\n")
    with pytest.raises(Problem, match="'2' stands for two students"):
        read_roster(roster)


def test_several_notebooks_of_one_student_stay_beside_each_other(hw, tmp_path):
    files = {"jane/a/hw.ipynb": ONE, "jane/b/hw.ipynb": TWO, "jane/<b>.ipynb": ONE}
    collect(hw, [folder(tmp_path / "all", files)])
    assert there(hw) == {"jane": {"_b_.ipynb": ONE, "hw.ipynb": ONE, "hw-1.ipynb": TWO}}


# ------------------------------------------------------------------ hostile and unlucky


def attacked(hw, tmp_path, raw, name="mallory.zip"):
    """The problems told of this zip; jane's, beside it, is there all the same."""
    source = folder(
        tmp_path / "all", {name: raw, "jane.zip": CHANNELS["zips"]["777.zip"]}
    )
    before = sorted(p for p in tmp_path.rglob("*") if hw.folder not in p.parents)
    _, problems = collect(hw, [source])
    after = sorted(p for p in tmp_path.rglob("*") if hw.folder not in p.parents)
    assert before == after
    assert there(hw)["jane"] == {"hw1.ipynb": TWO}
    for path in hw.folder.rglob("*"):
        assert path.is_dir() or stat.S_ISREG(path.lstat().st_mode)
    return " ".join(problems)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.ipynb",
        "a/../../evil.ipynb",
        "/tmp/evil.ipynb",
        "..\\evil.ipynb",
        "C:\\e",
    ],
)
def test_a_name_that_leads_outside(hw, tmp_path, name):
    raw = zipped(None, {name: ONE, "good.ipynb": ONE})
    assert "leads outside" in attacked(hw, tmp_path, raw)
    assert there(hw)["mallory"] == {"good.ipynb": ONE}


def test_a_link_in_a_zip(hw, tmp_path):
    info = zipfile.ZipInfo("hw.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    said = attacked(hw, tmp_path, zipped(None, {info: b"/etc/passwd"}))
    assert "no plain file" in said and "no notebook among" in said


def test_bombs(hw, tmp_path, monkeypatch):
    bomb = zipped(None, {"hw.ipynb": bytes(module.LARGEST + 1)})
    assert "more than 20,971,520 bytes" in attacked(hw, tmp_path, bomb)
    monkeypatch.setattr(module, "MOST", 5000)
    many = zipped(None, {f"{i}.ipynb": bytes(3000) for i in range(9)})
    assert "of one student's" in attacked(hw, tmp_path, many)
    assert len(there(hw)["mallory"]) == 2
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 5)
    assert "more than 5 entries" in attacked(hw, tmp_path, many)


def test_zips_in_zips_in_zips(hw, tmp_path):
    raw = zipped(None, {"hw.ipynb": ONE})
    for _ in range(5):
        raw = zipped(None, {"in.zip": raw})
    assert "are not opened" in attacked(hw, tmp_path, raw)


def test_a_source_has_a_budget(hw, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_BYTES", 5000)
    files = {f"{i}/hw.ipynb": bytes(3000) for i in range(9)}
    new, problems = collect(hw, [folder(tmp_path / "all", files)])
    assert len(new) == 2
    assert "more than 5,000 bytes in all" in " ".join(problems)


@pytest.mark.parametrize("lie", [0, 1, 2**31 - 1])
def test_a_size_that_lies(hw, tmp_path, lie):
    raw = zipped(None, {"hw.ipynb": ONE})
    size = len(ONE).to_bytes(4, "little")
    assert raw.count(size) == 2
    said = attacked(hw, tmp_path, raw.replace(size, lie.to_bytes(4, "little")))
    assert "cannot be unpacked" in said or there(hw)["mallory"] == {"hw.ipynb": ONE}


@pytest.mark.parametrize("at", range(0, 140, 7))
def test_a_zip_that_is_damaged_anywhere(hw, tmp_path, at):
    raw = bytearray(zipped(None, {"hw.ipynb": ONE}))
    raw[at % len(raw)] ^= 0xFF
    attacked(hw, tmp_path, bytes(raw))
    assert there(hw).get("mallory", {}).get("hw.ipynb", ONE) == ONE


@pytest.mark.parametrize(
    "raw", [b"", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"x" * 99]
)
def test_what_is_no_zip(hw, tmp_path, raw):
    attacked(hw, tmp_path, raw)
    assert "mallory" not in there(hw)


def test_a_zip_with_a_password(hw, tmp_path):
    raw = bytearray(zipped(None, {"hw.ipynb": ONE}))
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    assert "it has a password" in attacked(hw, tmp_path, bytes(raw))


@pytest.mark.parametrize(
    "name",
    ["<img src=x>", "-rf", ".hidden", "a\x1b[2J", "=cmd()", "a" * 101, "x\u202ey"],
)
def test_a_name_that_is_no_name(hw, tmp_path, name):
    raw = zipped(tmp_path / "all.zip", {f"{name}/hw.ipynb": ONE, "jane/hw.ipynb": ONE})
    new, problems = collect(hw, [raw])
    assert new == ["jane"]
    assert "no student's name" in problems[0]


@pytest.mark.parametrize("name", ["Jörg Ångström", "O'Neill", "a.b@c.edu", "學生"])
def test_a_name_of_another_place(hw, tmp_path, name):
    new, _ = collect(hw, [folder(tmp_path / "all", {f"{name}/hw.ipynb": ONE})])
    assert there(hw) == {new[0]: {"hw.ipynb": ONE}}


def test_links_pipes_and_sockets_in_a_folder(hw, tmp_path, monkeypatch):
    source = folder(tmp_path / "all", {"jane/hw.ipynb": ONE, "jo/hw.ipynb": TWO})
    secret = folder(tmp_path / "secret", {"hw.ipynb": TWO})
    (source / "mallory").mkdir()
    (source / "mallory" / "a.ipynb").symlink_to(secret / "hw.ipynb")
    os.mkfifo(source / "mallory" / "b.ipynb")
    os.link(secret / "hw.ipynb", source / "mallory" / "c.ipynb")
    (source / "mallory" / "d").symlink_to(secret)
    monkeypatch.chdir(source / "mallory")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("e.ipynb")
    (source / "eve").symlink_to(source / "jane")
    new, problems = collect(hw, [source])
    assert new == ["jane", "jo"]
    said = " ".join(problems)
    assert said.count("links are not followed") == 4
    assert said.count("no plain file") == 2
    assert "mallory: no notebook among" in said
    link = tmp_path / "link"
    link.symlink_to(source)
    assert "links are not followed" in collect(hw, [link])[1][0]


def test_what_was_handed_in_and_is_no_notebook_is_told(hw, tmp_path, capsys):
    source = folder(tmp_path / "all", {"jane/hw.pdf": b"x", "readme": b"x"})
    assert main(["collect", str(hw.folder), str(source)]) == 0
    said = capsys.readouterr().out
    assert "jane: no notebook among what was handed in: hw.pdf" in said
    assert "whose is 'readme'" in said


def test_after_a_crash_in_between_the_hand_in_is_brought_again(
    hw, tmp_path, monkeypatch
):
    source = folder(tmp_path / "all", {"jane/a.ipynb": ONE, "jane/b.ipynb": TWO})

    def crashes(*_):
        raise OSError("no space")

    monkeypatch.setattr(module.os, "rename", crashes)
    with pytest.raises(OSError, match="no space"):
        collect(hw, [source])
    assert there(hw) == {"jane": {}}
    monkeypatch.undo()
    assert collect(hw, [source])[0] == ["jane"]
    assert json.loads((hw.handed_in("jane") / module.ABOUT).read_text())["origin"]
    assert len(there(hw)["jane"]) == 2
