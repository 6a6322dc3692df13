"""Addresses read as the WHATWG URL standard has them: origins, launch URLs, tokens in them, paths as requested."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.addresses import ACCESS, LAUNCH, launch_url, origin_of, resolved, tokens_in

BASE = "https://embed.example"

PATHS = (
    "/workspace/dashboard",
    "/workspace/reports?from=2024-01-01&to=&q=a%20b",
    "/workspace/notes#section-2",
    "/workspace/start?launch=old&access_token=#top",
    "/workspace/start?launch=one&x=1&launch=two",
    "/workspace/Übersicht/größe?ä=ö#fuß",
    "/workspace/a/../dashboard/./x",
    "/workspace/100%25/~alice",
    "/workspace/a b?relaunch=1&launcher=2",
    "",
)

printable = st.characters(blacklist_categories=("C", "Zl", "Zp"))
tokens = st.text(st.one_of(st.sampled_from(string.printable[:95]), printable), min_size=1, max_size=60)
deterministic = settings(derandomize=True, database=None, deadline=None, max_examples=40)


# -- origins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://app.example/page?x=https://other.example#y", "https://app.example"),
        ("HTTPS://App.EXAMPLE/Page", "https://app.example"),
        ("https://app.example:443/", "https://app.example"),
        ("http://app.example:80/", "http://app.example"),
        ("https://app.example:80/", "https://app.example:80"),
        ("http://app.example:443/", "http://app.example:443"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("https://app.example:/", "https://app.example"),
        ("https://app.example:08443/", "https://app.example:8443"),
        ("https://app.example./", "https://app.example."),
        ("https://APP.example.:443/", "https://app.example."),
        ("https://user:secret@app.example/", "https://app.example"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example:8443/", "https://xn--bcher-kva.example:8443"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_normalised(url: str, origin: str) -> None:
    """Scheme and host are in lower case, the host in ASCII, a default port is left out, and all else is as it stands."""
    assert origin_of(url) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://app.example", "http://app.example"),
        ("https://app.example", "https://app.example:8443"),
        ("https://app.example", "https://app.example."),
        ("https://app.example", "https://www.app.example"),
        ("https://bücher.example", "https://bucher.example"),
    ],
)
def test_other_origins_stay_others(one: str, other: str) -> None:
    """Another scheme, port, host, or a dot at the end of the host is another origin."""
    assert origin_of(one) != origin_of(other)


@given(st.from_regex(r"[a-z][a-z0-9]{0,12}(\.[a-z][a-z0-9]{0,12}){1,3}", fullmatch=True), st.integers(1, 65535))
@deterministic
def test_case_and_port_of_any_host(host: str, port: int) -> None:
    """The case of a host makes no difference, and a port does unless it is the scheme's own."""
    assert origin_of(f"https://{host.upper()}:{port}/x") == origin_of(f"https://{host}:{port}")
    assert (origin_of(f"https://{host}:{port}") == f"https://{host}") == (port == 443)


# -- launch URLs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@given(launch=tokens, access=tokens)
@deterministic
def test_every_token_comes_back(path: str, launch: str, access: str) -> None:
    """Whatever is printed in a token, it is read from the address as it was put there, alone or beside another."""
    assert tokens_in(launch_url(BASE, path, {LAUNCH: launch})) == {LAUNCH: launch}
    assert tokens_in(launch_url(BASE, path, {LAUNCH: launch, ACCESS: access})) == {LAUNCH: launch, ACCESS: access}


@given(launch=tokens, path=st.text(printable, max_size=30).map(lambda text: f"/workspace/{text}"))
@deterministic
def test_every_path_takes_a_token(launch: str, path: str) -> None:
    """Whatever is printed in a path, the address stays at its origin, and the token in it is read as it was put there."""
    url = launch_url(BASE, path, {LAUNCH: launch})
    assert url.isascii()
    assert origin_of(url) == BASE
    assert tokens_in(url) == {LAUNCH: launch}


@pytest.mark.parametrize("path", PATHS)
def test_a_token_stands_in_the_query_alone(path: str) -> None:
    """No other part of the address has anything of the token, and the address is one that is sent as it is."""
    url = launch_url(BASE, path, {LAUNCH: "t0ken+/=&#?%ü 2"})
    parts = urlsplit(url)
    assert "t0ken" in parts.query
    assert not any("t0ken" in part for part in (parts.netloc, parts.path, parts.fragment))
    assert url.isascii()
    assert " " not in url


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/w?from=2024&to=&q=a%20b", "https://embed.example/w?from=2024&to=&q=a+b&launch=T"),
        ("/w#section-2", "https://embed.example/w?launch=T#section-2"),
        ("/w?x=1#fuß", "https://embed.example/w?x=1&launch=T#fu%C3%9F"),
        ("/w?x=1&x=2", "https://embed.example/w?x=1&x=2&launch=T"),
        ("/w?a=%26&b=%3D", "https://embed.example/w?a=%26&b=%3D&launch=T"),
    ],
)
def test_query_and_fragment_stay(path: str, url: str) -> None:
    """The page's own parameters stay in their order, empty ones too, and the fragment stays behind the query."""
    assert launch_url(BASE, path, {LAUNCH: "T"}) == url


@pytest.mark.parametrize("path", PATHS)
def test_own_parameters_mean_the_same(path: str) -> None:
    """All parameters of the page but those of a token's name are read as before."""
    kept = [(k, v) for k, v in parse_qsl(urlsplit(path).query, keep_blank_values=True) if k not in (LAUNCH, ACCESS)]
    url = launch_url(BASE, path, {LAUNCH: "T"})
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == [*kept, (LAUNCH, "T")]


def test_a_parameter_gives_way_to_the_token() -> None:
    """Every parameter of a token's name is replaced; one that only sounds like it is not."""
    url = launch_url(BASE, "/w?launch=one&x=1&launch=two&access_token=old&relaunch=3", {LAUNCH: "new"})
    assert url == "https://embed.example/w?x=1&relaunch=3&launch=new"


def test_an_encoded_parameter_gives_way_too() -> None:
    """A parameter's name counts as it is read, not as it is written."""
    assert launch_url(BASE, "/w?l%61unch=old", {LAUNCH: "new"}) == "https://embed.example/w?launch=new"


@pytest.mark.parametrize("base", ["https://embed.example", "https://embed.example/", "https://embed.example/page?launch=x#y"])
def test_of_the_base_only_the_server_counts(base: str) -> None:
    """Path, query and fragment are the page's, whatever the base has."""
    assert launch_url(base, "/w", {LAUNCH: "T"}) == "https://embed.example/w?launch=T"


def test_without_tokens_there_is_no_query() -> None:
    """An address without tokens has none, and not even a question mark."""
    assert launch_url(BASE, "/w", {}) == "https://embed.example/w"
    assert tokens_in("https://embed.example/w?x=launch#launch=no") == {}


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/workspace/100%25/~alice", "/workspace/100%25/~alice"),
        ("/workspace/größe", "/workspace/gr%C3%B6%C3%9Fe"),
        ("/workspace/a b", "/workspace/a%20b"),
        ("/workspace/x;y=1,2/@me:1", "/workspace/x;y=1,2/@me:1"),
    ],
)
def test_a_path_is_encoded_once(path: str, written: str) -> None:
    """What is encoded in a path stays as it is, and what no path may have is encoded."""
    url = launch_url(BASE, path, {LAUNCH: "T"})
    assert urlsplit(url).path == written
    assert urlsplit(launch_url(BASE, written, {LAUNCH: "T"})).path == written


# -- paths as they are requested -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "requested"),
    [
        ("/workspace/dashboard", "/workspace/dashboard"),
        ("/workspace/", "/workspace/"),
        ("/workspace/../admin", "/admin"),
        ("/workspace/%2e%2e/admin", "/admin"),
        ("/workspace/%2E./admin", "/admin"),
        ("/workspace/.%2e/admin", "/admin"),
        ("/workspace/./x/%2e/y", "/workspace/x/y"),
        ("/workspace/a/b/../../../admin", "/admin"),
        ("/../../../admin", "/admin"),
        ("/workspace/..admin/...", "/workspace/..admin/..."),
        ("/workspace/%2e%2e%2e/x", "/workspace/%2e%2e%2e/x"),
        ("/workspace/a%2fb", "/workspace/a%2fb"),
        ("/workspace/x?y=/../../admin#/../z", "/workspace/x"),
    ],
)
def test_dot_segments_are_resolved(path: str, requested: str) -> None:
    """A segment of one dot goes, one of two dots takes the one before along, encoded or not; nothing else changes."""
    assert resolved(path) == requested


@given(st.lists(st.sampled_from(["a", "b", ".", "..", "%2e", "%2E%2e", ".%2e"]), max_size=8))
@deterministic
def test_no_dot_segment_is_left(segments: list[str]) -> None:
    """What is resolved starts at the root, has no dot segment in any spelling, and resolves to itself."""
    found = resolved("/workspace/" + "/".join(segments))
    assert found.startswith("/") or not found
    assert not {s.lower().replace("%2e", ".") for s in found.split("/")} & {".", ".."}
    assert resolved(found) == found
