"""The defences of the threat model: where each stands, how it is taken away, which test notices.

A change names the very text of the defence. Where that text has moved, the list is out of date and
`tests/security/test_guides.py` says so, long before anybody runs `bench/defences.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One place in the source and what stands there when the defence is gone."""

    file: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """Raises ValueError when the defence does not stand here exactly once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file}: {text.count(self.old)} times: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Defence:
    """What is taken away together, and the tests of which every one has to fail then."""

    name: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]


def _one(name: str, file: str, old: str, new: str, *tests: str) -> Defence:
    return Defence(name, (Change(file, old, new),), tests)


ACTIVE = "tests/security/test_active_content.py::"
DOORS = "tests/security/test_doors.py::"
FILES = "tests/security/test_secrets_and_files.py::"
LIMITS = "tests/security/test_limits.py::"
FETCH = "tests/fetch/test_fetch_faults.py::"
KINDS = "tests/sources/test_kinds.py::"
FEEDS = "tests/sources/test_syndication.py::"
MAIL = "tests/deliver/test_mail.py::"
PAGES = "tests/reader/test_pages.py::"
SERVICE = "tests/ops/test_service.py::"
BACKUP = "tests/ops/test_backup.py::"

_RENDER = "monitor/digest/render.py"
_GUARD = "monitor/reader/guard.py"
_TRANSPORT = "monitor/fetch/transport.py"
_CLIENT = "monitor/fetch/client.py"
_WIRE = "monitor/fetch/wire.py"
_DECODE = "monitor/fetch/decode.py"
_LISTENER = "monitor/commands/listener.py"

PUBLISHED = (
    _one(
        "the digest's templates escape",
        _RENDER,
        "autoescape=escape,",
        "autoescape=False,",
        ACTIVE + "test_the_digest_has_no_active_content",
        ACTIVE + "test_the_digest_as_feed_has_no_active_content",
    ),
    _one(
        "outlets' text is never a template",
        _RENDER,
        "    inlined: str =",
        "    raw = _environment(False).from_string(raw).render(v=view, f=view.frame)\n"
        "    inlined: str =",
        ACTIVE + "test_the_digest_has_no_active_content",
    ),
    _one(
        "markup of feeds is cleaned",
        "monitor/sources/markup.py",
        "    _CLEANER(tree)\n",
        "",
        FEEDS + "test_the_feeds_own_full_text_is_sanitised",
    ),
    _one(
        "Datasette's pages escape",
        "monitor/reader/templates/row-monitor-articles.html",
        "{% else %}{{ p.text }}{% endif %}{% endfor %}{% endmacro %}",
        "{% else %}{{ p.text|safe }}{% endif %}{% endfor %}{% endmacro %}",
        PAGES + "test_strangers_text_cannot_become_markup",
        ACTIVE + "test_datasette_shows_every_article_without_active_content",
    ),
    _one(
        "marks in search results escape",
        "monitor/reader/views.py",
        'safe = str(escape(value or ""))',
        'safe = str(value or "")',
        PAGES + "test_strangers_text_cannot_become_markup",
    ),
    _one(
        "content security policy",
        _GUARD,
        "policy(path).encode()",
        "b'default-src *'",
        PAGES + "test_every_answer_has_the_security_headers",
        ACTIVE + "test_datasette_shows_every_article_without_active_content",
    ),
    _one(
        "a kept page stands in a sandbox",
        _GUARD,
        "        return KEPT\n",
        "        return _POLICY.format(inline='')\n",
        PAGES + "test_the_archived_copy_is_shown_without_its_powers",
    ),
    _one(
        "only web addresses are stored",
        "monitor/urls.py",
        "parts is None or parts.scheme not in _DEFAULT_PORTS:",
        "parts is None:",
        LIMITS + "test_only_the_webs_addresses_are_web_addresses",
    ),
    _one(
        "only web addresses become links in a digest",
        _RENDER,
        'parts.scheme in ("http", "https") and parts.netloc',
        "True",
        "tests/digest/test_render.py::test_only_web_addresses_become_links",
    ),
    _one(
        "a header is one line",
        "monitor/deliver/envelope.py",
        """" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cf", "Cs") else c for c in text""",
        "c for c in text",
        MAIL + "test_a_headline_cannot_become_a_header",
    ),
    _one(
        "a subject is one line",
        "monitor/digest/subject.py",
        'c if c.isprintable() or c == "\\u00a0" else " "',
        "c",
        LIMITS + "test_a_headline_becomes_one_printable_line_of_a_subject",
    ),
    _one(
        "values are bound in SQL",
        "monitor/store/records.py",
        """"INSERT OR REPLACE INTO meta (key, value, updated_at) VALUES (?, ?, ?)",
            (key, value, utc_text(now)),""",
        """f"INSERT OR REPLACE INTO meta (key, value, updated_at) VALUES ('{key}', '{value}', '{utc_text(now)}')",""",
        DOORS + "test_hostile_names_are_values_in_every_statement",
    ),
    _one(
        "no address is ever put into SQL text",
        "monitor/store/records.py",
        'connection.execute(\n            "INSERT OR REPLACE INTO meta',
        'connection.execute(f"SELECT {db.text}")\n        connection.execute(\n            "INSERT OR REPLACE INTO meta',
        FILES + "test_values_reach_sql_by_binding_only",
    ),
    _one(
        "spreadsheets get text, never formulas",
        "monitor/commands/export.py",
        "value[:1] in _FORMULA",
        "value is None",
        LIMITS + "test_a_headline_is_no_formula_in_the_exported_table",
    ),
)

BOMBS = (
    _one(
        "cap on decoded bytes",
        _DECODE,
        "if len(self._body) > self._cap or self._wire > self._cap:",
        "if False:",
        FETCH + "test_a_decompression_bomb_is_stopped_at_the_cap",
        FETCH + "test_a_body_over_the_cap_is_stopped_while_streaming",
    ),
    _one(
        "a bomb is undone in small pieces only",
        _DECODE,
        "output = self._stream.decompress(pending, _PIECE)\n        except",
        "output = self._stream.decompress(pending)\n        except",
        LIMITS + "test_a_bomb_costs_no_memory[gzip]",
    ),
    _one(
        "cap on gzip files of sitemaps",
        "monitor/sources/sitemap.py",
        "stream.decompress(body, _CAP_BYTES)",
        "stream.decompress(body)",
        KINDS + "test_a_gzip_bomb_does_not_fill_the_memory",
    ),
    _one(
        "no nested entities in feeds",
        "monitor/sources/syndication.py",
        "    _refuse_bombs(body)\n",
        "",
        FEEDS + "test_what_is_no_feed_is_an_error_of_its_own",
        LIMITS + "test_entities_that_multiply_are_refused_by_every_door_to_xml[feed]",
    ),
    Defence(
        "no entities in sitemaps",
        (
            Change("monitor/sources/sitemap.py", 'if b"<!ENTITY" in body[:200_000]:', "if False:"),
            Change(
                "monitor/sources/sitemap.py", "resolve_entities=False, ", "resolve_entities=True, "
            ),
        ),
        (
            LIMITS + "test_entities_that_multiply_are_refused_by_every_door_to_xml[sitemap]",
            LIMITS + "test_no_door_to_xml_reads_a_file_for_an_entity[sitemap]",
        ),
    ),
    Defence(
        "no entities in OPML",
        (
            Change("monitor/sources/opml.py", 'if b"<!ENTITY" in body[:200_000]:', "if False:"),
            Change("monitor/sources/opml.py", "resolve_entities=False, ", ""),
        ),
        (LIMITS + "test_entities_that_multiply_are_refused_by_every_door_to_xml[opml]",),
    ),
    _one(
        "a feed's body is bytes, never a path",
        "monitor/sources/syndication.py",
        "            io.BytesIO(body),\n",
        "            body,\n",
        FEEDS + "test_a_body_that_is_a_path_opens_no_file",
    ),
    _one(
        "2,000 entries and no more",
        "monitor/sources/syndication.py",
        "MAX_ENTRIES = 2000",
        "MAX_ENTRIES = 10**9",
        FEEDS + "test_only_two_thousand_entries_are_taken",
    ),
    _one(
        "a deadline for the whole transfer",
        _WIRE,
        "asyncio.timeout(max(0.0, seconds))",
        "asyncio.timeout(None)",
        FETCH + "test_a_slow_drip_does_not_hold_a_slot_past_the_deadline",
    ),
    _one(
        "a page that holds its worker is ended",
        "monitor/pipeline/workers.py",
        "asyncio.wait_for(self.process.ask(job), PAGE_SECONDS)",
        "asyncio.wait_for(self.process.ask(job), None)",
        LIMITS + "test_a_page_that_takes_for_ever_is_ended",
    ),
    _one(
        "a page that kills its worker is tried alone",
        "monitor/pipeline/workers.py",
        "        return await self._by_itself(job)\n",
        "        raise WorkerCrashed('both')\n",
        "tests/test_workers_and_writer.py::test_of_two_pages_in_a_dying_worker_only_the_guilty_one_is_lost",
    ),
    _one(
        "a worker that was taken over runs nothing in the main process",
        "monitor/pipeline/worker_process.py",
        'raise pickle.UnpicklingError(f"{module}.{name} is no value")',
        "return super().find_class(module, name)",
        "tests/test_workers_and_writer.py::test_a_worker_that_was_taken_over_runs_nothing_here",
    ),
    _one(
        "the door to lxml raises our errors only",
        "monitor/extract/page.py",
        "except (LxmlError, ValueError, AssertionError) as error:",
        "except KeyError as error:",
        LIMITS + "test_a_page_that_is_nothing_to_the_parser_is_our_error",
    ),
    _one(
        "the door to feedparser raises our errors only",
        "monitor/sources/syndication.py",
        '    except Exception as error:\n        raise ParseError(f"feedparser:',
        '    except KeyError as error:\n        raise ParseError(f"feedparser:',
        LIMITS + "test_whatever_the_feed_library_raises_is_our_error",
    ),
    _one(
        "a page is parsed up to 8 MB",
        "monitor/extract/page.py",
        "body[:MAXIMUM_BYTES]",
        "body",
        LIMITS + "test_no_more_of_a_page_is_parsed_than_the_limit",
    ),
)

NETWORK = (
    _one(
        "the address guard judges",
        "monitor/fetch/address.py",
        "        return _is_public(inner)\n",
        "        return True\n",
        DOORS + "test_no_spelling_of_this_machine_is_ever_connected_to",
        DOORS + "test_no_redirect_leads_inside",
        DOORS + "test_the_guard_refuses_every_address_that_is_not_the_public_web",
        FETCH + "test_every_hop_passes_the_address_guard",
    ),
    _one(
        "an IPv4 address inside an IPv6 one is seen",
        "monitor/fetch/address.py",
        "        inner = _unwrap(plain)\n",
        "        inner = plain\n",
        DOORS + "test_the_guard_refuses_every_address_that_is_not_the_public_web",
    ),
    _one(
        "the judged address is the one connected to (DNS rebinding)",
        _TRANSPORT,
        "self._first_that_answers(allowed, request, host, seconds)",
        "self._first_that_answers([host], request, host, seconds)",
        FETCH + "test_the_name_is_resolved_once_and_the_judged_address_is_used",
        FETCH + "test_a_mixed_answer_of_the_resolver_uses_only_what_is_allowed",
    ),
    Defence(
        "a redirect stays on the web",
        (
            Change(_CLIENT, "        if not is_web_address(target):\n", "        if False:\n"),
            Change(_CLIENT, "        if not is_web_address(url):\n", "        if False:\n"),
            Change(_TRANSPORT, "request.url.scheme not in _PORTS or not host", "False"),
        ),
        (FETCH + "test_a_redirect_out_of_the_web_is_refused",),
    ),
    _one(
        "five redirects and no more",
        _CLIENT,
        "if len(journey.hops) > self._settings.max_redirects:",
        "if False:",
        FETCH + "test_five_hops_are_followed_and_no_more",
    ),
    _one(
        "a compressed body is whole or refused",
        _DECODE,
        "if not all(decoder.complete for decoder in self._chain):",
        "if False:",
        FETCH + "test_a_compressed_body_cut_short_is_never_accepted",
    ),
    _one(
        "a body is as long as announced or refused",
        _WIRE,
        "        async for piece in response.aiter_raw():\n"
        "            seen.wire_bytes += len(piece)\n"
        "            reader.feed(piece)\n",
        "        try:\n"
        "            async for piece in response.aiter_raw():\n"
        "                reader.feed(piece)\n"
        "        except httpx.TransportError:\n"
        "            pass\n",
        FETCH + "test_a_body_shorter_than_its_content_length_is_truncated",
        FETCH + "test_a_chunked_body_without_its_end_is_truncated",
        FETCH + "test_a_connection_reset_in_the_body_is_truncated",
    ),
    _one(
        "certificates are verified",
        _TRANSPORT,
        "httpx.create_ssl_context()",
        "httpx.create_ssl_context(verify=False)",
        LIMITS + "test_a_certificate_that_nobody_vouches_for_is_refused",
        FILES + "test_no_module_uses_what_runs_data_or_trusts_every_certificate",
    ),
    _one(
        "the mail server's certificate is verified",
        "monitor/deliver/mail.py",
        "context = ssl.create_default_context(cafile=settings.certificates)",
        "context = ssl._create_unverified_context()",
        MAIL + "test_starttls_works_with_a_known_certificate_and_fails_with_an_unknown",
    ),
    _one(
        "no mail in clear where STARTTLS was asked for",
        "monitor/deliver/mail.py",
        "                server.starttls(context=context)",
        "                with contextlib.suppress(smtplib.SMTPException):\n"
        "                    server.starttls(context=context)",
        MAIL + "test_a_server_without_starttls_gets_no_mail_in_clear",
    ),
    _one(
        "cookies stay with their host and their fetch",
        _CLIENT,
        "cookies=journey.cookies.get(authority_of(journey.url), {}),",
        "cookies={k: v for jar in journey.cookies.values() for k, v in jar.items()},",
        FETCH + "test_a_cookie_lives_within_one_fetch_and_one_host",
    ),
    _one(
        "figures on loopback only",
        _LISTENER,
        'HOST = "127.0.0.1"',
        'HOST = "0.0.0.0"',
        SERVICE + "test_figures_are_served_on_loopback_and_nothing_else_is",
    ),
    _one(
        "the listener knows one path",
        _LISTENER,
        'if method != b"GET" or path != b"/metrics":',
        "if False:",
        SERVICE + "test_figures_are_served_on_loopback_and_nothing_else_is",
    ),
    _one(
        "who says nothing is hung up on",
        _LISTENER,
        'asyncio.wait_for(reader.readuntil(b"\\r\\n\\r\\n"), PATIENCE)',
        'reader.readuntil(b"\\r\\n\\r\\n")',
        LIMITS + "test_a_client_that_says_nothing_is_hung_up_on",
    ),
    _one(
        "an endless request is hung up on",
        _LISTENER,
        "HOST, port, limit=HEAD_LIMIT",
        "HOST, port, limit=2**40",
        LIMITS + "test_a_request_without_end_is_hung_up_on",
    ),
    _one(
        "four clients at once",
        _LISTENER,
        "if self._open > AT_ONCE:",
        "if False:",
        LIMITS + "test_more_clients_than_four_are_turned_away",
    ),
)

MANNERS = (
    _one(
        "robots.txt is obeyed",
        _CLIENT,
        "if not robots.is_allowed(state.robots, url, self._settings.user_agent):",
        "if False:",
        FETCH + "test_robots_is_obeyed_for_pages_and_asked_once_a_day",
        FETCH + "test_a_redirect_target_is_checked_against_its_own_robots",
    ),
    _one(
        "unknown robots.txt means waiting",
        _CLIENT,
        "        if state.robots is None:\n",
        "        if state.robots is None:\n            return\n        if False:\n",
        FETCH + "test_robots_that_cannot_be_read_makes_us_wait",
    ),
    _one(
        "Crawl-delay is kept",
        "monitor/fetch/pacing.py",
        "lane.delay_seconds = max(lane.delay_seconds, wanted)",
        "_ = lane, wanted",
        FETCH + "test_crawl_delay_slows_the_host_down",
    ),
    _one(
        "a pause between two requests to one host",
        "monitor/fetch/pacing.py",
        "await asyncio.sleep(self._pause())",
        "await asyncio.sleep(0)",
        FETCH + "test_one_request_at_a_time_per_host_and_a_pause_between_starts",
        FETCH + "test_redirect_hops_keep_the_pace_too",
    ),
    _one(
        "one request at a time to one host",
        "monitor/fetch/pacing.py",
        "async with self._lock:",
        "if True:",
        FETCH + "test_one_request_at_a_time_per_host_and_a_pause_between_starts",
    ),
    _one(
        "429 holds the whole host",
        _CLIENT,
        "        if not self._settings.ignore_back_off:\n",
        "        if False:\n",
        FETCH + "test_429_holds_the_whole_host_and_a_restart_remembers_it",
    ),
    _one(
        "connections are bounded",
        "monitor/fetch/pacing.py",
        "async with slots:",
        "if slots:",
        FETCH + "test_the_number_of_connections_is_bounded",
    ),
)

SECRETS = (
    Defence(
        "settings print no secret",
        (
            Change(
                "monitor/config/settings.py",
                'return f"SmtpSettings(host={self.host!r}, port={self.port}, security={self.security!r})"',
                "return str(self.password)",
            ),
        ),
        (FILES + "test_settings_show_no_secret_when_printed",),
    ),
    _one(
        "the webhook's key is not printed",
        "monitor/config/settings.py",
        "webhook_secret: str | None = field(default=None, repr=False)",
        "webhook_secret: str | None = field(default=None)",
        FILES + "test_settings_show_no_secret_when_printed",
    ),
    _one(
        "the mail server's value prints no password",
        "monitor/deliver/mail.py",
        'return f"MailServer(host={self.host!r}, port={self.port}, security={self.security!r})"',
        "return f'{self.host} {self.password}'",
        MAIL + "test_a_password_is_not_shown",
    ),
    _one(
        "no secret in errors, logs, database, backups",
        "monitor/deliver/mail.py",
        'f"{settings.host}:{settings.port}: {error or type(error).__name__}", transient=True',
        'f"{settings.host}:{settings.password}: {error}", transient=True',
        FILES + "test_a_password_is_nowhere_after_a_day_of_failing_mail",
    ),
    _one(
        "no recipient in what is said",
        "monitor/pipeline/delivering.py",
        "    channel = channels.get(delivery.channel)\n",
        "    channel = channels.get(delivery.channel)\n    print(delivery.recipient)\n",
        FILES + "test_mail_addresses_of_recipients_are_not_logged",
    ),
    _one(
        "a wrong *_FILE is named without its value",
        "monitor/config/settings.py",
        '{name}_FILE: the file it names cannot be read")',
        '{name}_FILE: {file} cannot be read")',
        FILES + "test_a_wrong_setting_of_the_environment_is_named_without_its_value",
    ),
    _one(
        "files are 0600",
        "monitor/store/backup.py",
        "PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700",
        "PRIVATE_FILE, PRIVATE_FOLDER = 0o644, 0o700",
        FILES + "test_what_the_program_writes_is_readable_by_its_user_only",
    ),
    _one(
        "folders are 0700",
        "monitor/store/backup.py",
        "PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700",
        "PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o755",
        FILES + "test_what_the_program_writes_is_readable_by_its_user_only",
    ),
    Defence(
        "a subscription's name is no path",
        (
            Change(
                "monitor/deliver/folder.py",
                'stem = re.sub(r"[^\\w.-]+", "-", parts, flags=re.UNICODE).strip("-.")',
                "stem = parts",
            ),
            Change(
                "monitor/deliver/folder.py",
                "beside = path.with_name",
                "path.parent.mkdir(parents=True, exist_ok=True)\n    beside = path.with_name",
            ),
        ),
        (FILES + "test_a_subscription_cannot_write_outside_the_digests",),
    ),
    _one(
        "a backup has one form of name",
        "monitor/store/backup.py",
        "    if not _NAME.match(name):\n",
        "    if False:\n",
        BACKUP + "test_a_backup_has_no_name_but_its_own",
    ),
    Defence(
        "the archive's own files come from one folder and are of three kinds",
        (
            Change(
                "monitor/reader/routes.py",
                r'(r"^/-/reader/(?P<name>[\w.-]+)$", static)',
                r'(r"^/-/reader/(?P<name>.+)$", static)',
            ),
            Change(
                "monitor/reader/routes.py",
                'PurePosixPath(request.url_vars["name"]).name',
                '__import__("urllib.parse").parse.unquote(request.url_vars["name"])',
            ),
            Change(
                "monitor/reader/routes.py",
                "_STATIC_TYPES.get(PurePosixPath(name).suffix)",
                '"text/plain"',
            ),
        ),
        (LIMITS + "test_no_address_of_the_archive_leads_to_other_files",),
    ),
    _one(
        "a page's address is no path when it leaves the archive",
        "monitor/store/exports.py",
        "    kept = [(k, v) for k, v in page.headers",
        "    Path(writer.out.name).parent.joinpath(page.final_url.rpartition('/')[2])"
        ".write_bytes(page.body)\n    kept = [(k, v) for k, v in page.headers",
        LIMITS + "test_a_pages_address_names_no_file_when_it_is_exported",
    ),
    _one(
        "feeds.yaml builds no objects",
        "monitor/yaml_lines.py",
        'class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):',
        "class _FastLoader(yaml.UnsafeLoader):",
        FILES + "test_no_module_uses_what_runs_data_or_trusts_every_certificate",
        DOORS + "test_a_configuration_made_to_exhaust_or_execute_is_refused",
    ),
)

READERS = (
    _one(
        "Datasette on loopback unless told otherwise",
        "monitor/commands/archive.py",
        '"--host", default="127.0.0.1"',
        '"--host", default="0.0.0.0"',
        LIMITS + "test_the_archive_is_on_loopback_unless_told_otherwise",
    ),
    _one(
        "Datasette asks robots to stay away",
        _GUARD,
        '(b"x-robots-tag", b"noindex, nofollow, noarchive"),',
        "",
        PAGES + "test_every_answer_has_the_security_headers",
    ),
    _one(
        "the password guards every page",
        _GUARD,
        "elif password and not _knows(scope, password):",
        "elif False:",
        PAGES + "test_a_password_guards_everything",
    ),
    _one(
        "the language link leads nowhere else",
        "monitor/reader/routes.py",
        '    if not back.startswith("/") or back.startswith(("//", "/\\\\")):\n',
        "    if False:\n",
        PAGES + "test_the_language_link_never_leads_elsewhere",
    ),
    _one(
        "a query without end is stopped",
        "monitor/reader/site.py",
        '"sql_time_limit_ms": (1000, 5000)',
        '"sql_time_limit_ms": (1000, 10**9)',
        LIMITS + "test_a_query_without_end_is_stopped",
    ),
    _one(
        "marking wants the key",
        "monitor/reader/marking.py",
        'return bool(datasette.unsign(request.cookies.get(_COOKIE, ""), _PURPOSE) == "yes")\n'
        "    except BadSignature:\n        return False",
        "return True\n    except BadSignature:\n        return False",
        "tests/reader/test_feedback.py::test_a_wrong_key_or_form_writes_nothing",
    ),
)

DEFENCES = PUBLISHED + BOMBS + NETWORK + MANNERS + SECRETS + READERS
