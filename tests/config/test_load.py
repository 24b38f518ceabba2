from pathlib import Path

import pytest

from lsp_server.config.load import load_all
from lsp_server.config.settings import AgentSettings, Settings, Switch

EXAMPLE = """\
agent:
  planner_model: "gpt-oss-20b-quant-mxfp4"
  executor_model: "glm-4.5-flash-fp16"
  context_window: 128000
"""


def project(root: Path, text: str) -> Path:
    path = root / "tandem.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def only_message(root: Path, text: str) -> str:
    project(root, text)
    (message,) = load_all({}, [root], trusted=True).messages
    return message


def test_example_works_exactly_as_written(tmp_path: Path) -> None:
    project(tmp_path, EXAMPLE)
    loaded = load_all({}, [tmp_path], trusted=True)
    assert loaded.settings.agent == AgentSettings(
        planner_model="gpt-oss-20b-quant-mxfp4",
        executor_model="glm-4.5-flash-fp16",
        context_window=128000,
    )
    assert loaded.messages == ()


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    loaded = load_all({}, [tmp_path], trusted=True)
    assert loaded.settings == Settings()
    assert loaded.origins == {}


def test_project_file_counts_in_trusted_workspaces_only(tmp_path: Path) -> None:
    project(tmp_path, EXAMPLE)
    assert load_all({}, [tmp_path], trusted=False).settings == Settings()


def test_sources_from_the_strongest_to_the_weakest(
    tmp_path: Path, user_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = "fix: {max_rounds: %d, check_seconds: %d, max_tokens: %d}"
    user_settings.write_text(values % (3, 30, 300))
    path = project(tmp_path, "fix: {max_rounds: 2, check_seconds: 20}")
    monkeypatch.setenv("OLLAMA_HOST", "10.0.0.1:1")
    loaded = load_all({"fix": {"max_rounds": 1}}, [tmp_path], trusted=True)
    fix = loaded.settings.fix
    assert (fix.max_rounds, fix.check_seconds, fix.max_tokens) == (1, 20, 300)
    assert loaded.settings.ollama.host == "10.0.0.1:1"
    assert loaded.origins == {
        "fix.max_rounds": "the editor's settings",
        "fix.check_seconds": str(path),
        "fix.max_tokens": str(user_settings),
        "ollama.host": "OLLAMA_HOST",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"agent": {"planner_model": "p"}},
        {"agent.planner_model": "p"},
        {"tandem": {"agent": {"planner_model": "p"}}},
        {"tandem.agent.planner_model": "p"},
        {"tandem": {"agent.planner_model": "p"}},
    ],
)
def test_editor_may_nest_or_dot_its_values(values: dict[str, object]) -> None:
    loaded = load_all(values, [], trusted=False)
    assert loaded.settings.agent.planner_model == "p"
    assert loaded.messages == ()


def test_null_from_the_editor_means_not_set(user_settings: Path) -> None:
    user_settings.write_text("agent: {planner_model: mine}")
    loaded = load_all({"agent": {"planner_model": None}}, [], trusted=False)
    assert loaded.settings.agent.planner_model == "mine"


def test_empty_host_in_the_editor_leaves_the_environment_in_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "localhost:4")
    loaded = load_all({"ollama": {"host": ""}}, [], trusted=False)
    assert loaded.settings.ollama.host == "localhost:4"


def test_wrong_value_names_file_line_key_and_what_is_accepted(tmp_path: Path) -> None:
    message = only_message(tmp_path, "agent:\n  executor_model: x\n  context_window: lots\n")
    assert str(tmp_path / "tandem.yaml") in message
    assert "Line 3" in message
    assert 'agent.context_window is "lots"' in message
    assert "a whole number from 2048 to 1048576" in message


def test_wrong_value_leaves_the_rest_of_the_file_in_force(tmp_path: Path) -> None:
    project(tmp_path, "agent:\n  executor_model: x\n  context_window: lots\n")
    agent = load_all({}, [tmp_path], trusted=True).settings.agent
    assert agent == AgentSettings(executor_model="x")


def test_several_faults_of_a_file_are_one_message(tmp_path: Path) -> None:
    message = only_message(tmp_path, "agnet:\n  a: 1\nfix:\n  max_rounds: 9\n  colour: red\n")
    assert "Line 2: agnet is not a section. Did you mean agent?" in message
    assert 'Line 4: fix.max_rounds is "9"' in message
    assert "Line 5: fix.colour is not a setting" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agent:\n\tplanner_model: x\n", "Line 2"),
        ("agent: [1, 2\n", "not YAML"),
        ("- a\n- b\n", "sections are expected"),
        ("agent: fast\n", "agent is a section; its keys are planner_model"),
        ("agent:\n  planner_model: [a, b]\n", "a list or a section"),
        ("agent:\n  planner_model: {a: b}\n", "a list or a section"),
        ("completion:\n  enabled: maybe\n", "must be true or false"),
        ("completion:\n  list_item: maybe\n", "must be one of auto, on, off"),
        ("completion:\n  builtin_confidence: 1.5\n", "a number from 0 to 1"),
        ("fix:\n  max_rounds: true\n", "a whole number from 1 to 3"),
        ("fix:\n  max_rounds: 2.5\n", "a whole number from 1 to 3"),
        ("fix:\n  max_rounds: .nan\n", "a whole number from 1 to 3"),
        ("fix:\n  max_rounds: .inf\n", "a whole number from 1 to 3"),
        ("agent:\n  planner_model: a\n  planner_model: b\n", "Line 3: agent.planner_model stands"),
        ("? [a, b]\n: c\n", "not a section"),
        ("agent:\n  context_window: 2024-13-45\n", "a whole number"),
        ("agent: *nothing\n", "not YAML"),
        ("x: " + "[" * 5000, "YAML"),
        ("x" * 300_000, "too large"),
    ],
)
def test_wrong_files_are_told_and_the_defaults_hold(tmp_path: Path, text: str, said: str) -> None:
    assert said in only_message(tmp_path, text)


def test_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "tandem.yaml").write_bytes(b"agent:\xff\xfe\n")
    (message,) = load_all({}, [tmp_path], trusted=True).messages
    assert "not UTF-8" in message


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "agent:\n", "agent:\n  planner_model:\n"])
def test_empty_files_and_sections_say_nothing(tmp_path: Path, text: str) -> None:
    project(tmp_path, text)
    loaded = load_all({}, [tmp_path], trusted=True)
    assert loaded.settings == Settings()
    assert loaded.messages == ()


@pytest.mark.parametrize(
    "text",
    [
        "ollama: {host: 'http://elsewhere'}",
        "ollama: {allow_remote: true}",
        "ollama: {enabled: false}",
        "cache: {directory: /tmp/mine}",
        "cache: {size_mb: 1}",
    ],
)
def test_project_cannot_set_machine_settings(tmp_path: Path, text: str) -> None:
    project(tmp_path, text)
    loaded = load_all({}, [tmp_path], trusted=True)
    assert loaded.settings == Settings()
    assert "may not stand in a project's file" in loaded.messages[0]


def test_user_can_set_machine_settings(user_settings: Path) -> None:
    user_settings.write_text("ollama: {host: 'http://elsewhere', keep_alive: -1}")
    ollama = load_all({}, [], trusted=False).settings.ollama
    assert ollama.host == "http://elsewhere"
    assert ollama.keep_alive == "-1"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("on", Switch.ON), ("off", Switch.OFF), ("auto", Switch.AUTO), ("'ON'", Switch.ON)],
)
def test_bare_on_and_off_are_what_they_say(tmp_path: Path, written: str, meant: Switch) -> None:
    project(tmp_path, f"completion:\n  list_item: {written}\n")
    assert load_all({}, [tmp_path], trusted=True).settings.completion.list_item is meant


def test_first_of_several_roots_is_the_strongest(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    project(one, "fix: {max_rounds: 1}")
    project(two, "fix: {max_rounds: 2, max_tokens: 222}")
    fix = load_all({}, [one, two], trusted=True).settings.fix
    assert (fix.max_rounds, fix.max_tokens) == (1, 222)


def test_folder_and_pipe_of_that_name_are_no_settings(tmp_path: Path) -> None:
    (tmp_path / "tandem.yaml").mkdir()
    assert load_all({}, [tmp_path], trusted=True).messages == ()


OWN_CHECK = """
fix:
  checks:
    - name: spell
      command: [codespell, "{file}"]
      languages: python
"""


def test_checks_of_the_users_own_are_read_from_their_file(user_settings: Path) -> None:
    user_settings.write_text(OWN_CHECK)
    loaded = load_all({}, [], trusted=False)
    assert loaded.messages == ()
    (check,) = loaded.settings.fix.checks
    assert (check.name, check.command) == ("spell", ("codespell", "{file}"))
    assert check.languages == ("python",)
    assert "(?P<message>" in check.pattern


def test_a_project_can_bring_actions_but_no_checks(tmp_path: Path) -> None:
    actions = "  actions:\n    - {name: Tidy, prompt: Tidy it up.}\n"
    project(tmp_path, OWN_CHECK + actions)
    loaded = load_all({}, [tmp_path], trusted=True)
    assert loaded.settings.fix.checks == ()
    assert "fix.checks may not stand in a project's file" in loaded.messages[0]
    assert [action.name for action in loaded.settings.fix.actions] == ["Tidy"]


@pytest.mark.parametrize(
    "entries",
    [
        "{name: x}",
        "[x]",
        "[{name: x}]",
        "[{name: x, prompt: y, colour: red}]",
        "[{name: [[x]], prompt: y}]",
        "[{name: x, prompt: y, languages: [{a: b}]}]",
        "[" + "{name: x, prompt: y}," * 101 + "]",
    ],
)
def test_entries_that_are_wrong_are_told_with_what_they_must_have(
    tmp_path: Path, entries: str
) -> None:
    message = only_message(tmp_path, f"fix:\n  actions: {entries}\n")
    assert "a list of entries with name, prompt, languages, check" in message


def test_aliases_do_not_make_a_file_explode(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 90)}]" for n in range(1, 9)]
    text = "\n".join([*levels, "fix:", "  actions: *a8"])
    assert "is a list or a section" in only_message(tmp_path, text)


def test_a_key_is_read_from_the_variable_that_the_user_names(
    user_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_KEY", "k-1")
    user_settings.write_text("planner: {api_key: $TEAM_KEY}")
    loaded = load_all({}, [], trusted=False)
    assert loaded.settings.planner.api_key == "k-1"
    assert "k-1" not in repr(loaded)


@pytest.mark.parametrize("value", [None, "", " "])
def test_a_variable_that_is_not_set_is_told_and_no_key_is_sent(
    user_settings: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("TEAM_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("TEAM_KEY", value)
    user_settings.write_text("planner: {api_key: $TEAM_KEY}")
    loaded = load_all({}, [], trusted=False)
    [message] = loaded.messages
    assert "planner.api_key names the environment variable TEAM_KEY, which is not set" in message
    assert loaded.settings.planner.api_key == ""


@pytest.mark.parametrize("key", ["base_url", "api_key"])
def test_a_project_cannot_say_where_code_goes(tmp_path: Path, key: str) -> None:
    message = only_message(tmp_path, f"planner: {{{key}: http://127.0.0.1:1}}")
    assert f"planner.{key} may not stand in a project's file" in message
