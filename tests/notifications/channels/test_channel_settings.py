"""The channels file: what is missing, unknown or unreadable stops the start and is named; no value is shown."""

from pathlib import Path

import pytest

from services.notifications.channels.settings import Channels, SettingsError, load, read, receipt_secret

MAIL = '[mail]\nhost = "h"\nport = 587\nsender = "a@example.cn"\n'
SMS = '[sms]\nurl = "https://g.example.cn"\napp = "a"\nsecret_file = "secret"\n'


def refused(text: str, folder: Path) -> str:
    """Why a file is refused."""
    (folder / "secret").write_text("geheim\n")
    (folder / "empty").write_text("\n")
    (folder / "channels.toml").write_text(text)
    with pytest.raises(SettingsError) as error:
        read(folder / "channels.toml", folder)
    assert "geheim" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[pigeon]\n", "channels.toml: unknown tables ['pigeon']"),
        ("mail = 3\n", "[mail] must be a table"),
        (MAIL + 'pasword_file = "secret"\n', "[mail] unknown keys ['pasword_file']"),
        (MAIL + 'password = "geheim"\n', "[mail] unknown keys ['password']"),
        ('[mail]\nport = 1\nsender = "a@example.cn"\n', "[mail] host: Field required"),
        (MAIL + 'security = "none"\n', "[mail] security: Input should be 'starttls' or 'tls'"),
        (MAIL + 'user = "a"\n', "user and password_file go together"),
        (SMS, "[sms] receipt_secret_file is missing"),
        (SMS + 'receipt_secret_file = "nowhere"\n', "[sms] receipt_secret_file cannot be read: FileNotFoundError"),
        (SMS + 'receipt_secret_file = "empty"\n', "[sms] receipt_secret_file is empty"),
        (
            '[robots.a]\nkind = "icq"\nurl = "https://a.cn"\nsite = "https://b.cn"\ntoken_file = "secret"\n',
            "[robots.a] kind: Input",
        ),
        ('geheim = "\n', "channels.toml cannot be read: TOMLDecodeError"),
    ],
)
def test_what_cannot_work_is_named(text: str, named: str, tmp_path: Path) -> None:
    assert named in refused(text, tmp_path)


def test_a_secret_comes_from_its_file_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("geheim\n")
    (tmp_path / "channels.toml").write_text(MAIL + 'user = "u"\npassword_file = "secret"\n')
    found = read(tmp_path / "channels.toml", tmp_path)
    assert found.mail is not None
    assert found.mail.password is not None
    assert found.mail.password.get_secret_value() == "geheim"
    assert "geheim" not in repr(found)


def test_the_environment_names_the_files_and_without_a_file_there_is_no_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUWANG_CHANNELS_FILE", raising=False)
    assert load() == Channels()
    (tmp_path / "secret").write_text("s")
    (tmp_path / "channels.toml").write_text(SMS + 'receipt_secret_file = "secret"\n')
    monkeypatch.setenv("SHOUWANG_CHANNELS_FILE", str(tmp_path / "channels.toml"))
    monkeypatch.setenv("SHOUWANG_SECRETS_DIR", str(tmp_path))
    found = load()
    assert (found.sms is not None, found.mail, found.robots) == (True, None, {})


def test_the_secret_of_receipts_is_read_alone_and_what_is_wrong_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOUWANG_CHANNELS_FILE", raising=False)
    assert receipt_secret("sms") is None
    monkeypatch.setenv("SHOUWANG_CHANNELS_FILE", str(tmp_path / "channels.toml"))
    monkeypatch.setenv("SHOUWANG_SECRETS_DIR", str(tmp_path))
    for text, named in (
        (SMS, "[sms] receipt_secret_file is missing"),
        (SMS + 'receipt_secret_file = "nowhere"\n', "[sms] receipt_secret_file cannot be read: FileNotFoundError"),
        ("[pigeon]\n", "channels.toml: unknown tables ['pigeon']"),
        ("sms = 3\n", "[sms] must be a table"),
    ):
        (tmp_path / "channels.toml").write_text(text)
        with pytest.raises(SettingsError) as error:
            receipt_secret("sms")
        assert str(error.value) == named
    (tmp_path / "channels.toml").write_text(MAIL)  # the password's file is not there, and nobody asks for it
    assert receipt_secret("sms") is None
