"""The schema of monitor.db and its migrations. Only DDL lives here.

Column names are a public contract with Datasette users: every table and column is described in
storage/README.md (a test compares the two). A migration that has landed is never edited.
Times are UTC ISO-8601 text with a `Z`; flags are 0/1; lists are JSON text unless a facet needs
plain words.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("monitor")

_FIRST = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    homepage TEXT,
    languages TEXT NOT NULL DEFAULT '',
    country TEXT,
    owner TEXT,
    home INTEGER NOT NULL DEFAULT 0,
    enabled INTEGER NOT NULL DEFAULT 1,
    note TEXT NOT NULL DEFAULT '',
    recall REAL,
    recall_checked_at TEXT,
    recall_detail TEXT NOT NULL DEFAULT '',
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE ways (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL REFERENCES sources(id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    current_url TEXT NOT NULL,
    configured INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'new',
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    parser_version TEXT,
    validators_trusted INTEGER NOT NULL DEFAULT 1,
    last_unconditional_at TEXT,
    last_polled_at TEXT,
    last_ok_at TEXT,
    last_new_at TEXT,
    newest_item_at TEXT,
    next_poll_at TEXT,
    interval_minutes REAL,
    ttl_minutes REAL,
    failures INTEGER NOT NULL DEFAULT 0,
    failure_score REAL NOT NULL DEFAULT 0,
    last_error TEXT,
    last_error_reason TEXT,
    empty_streak INTEGER NOT NULL DEFAULT 0,
    gone_days TEXT NOT NULL DEFAULT '',
    redirect_url TEXT,
    redirect_count INTEGER NOT NULL DEFAULT 0,
    redirect_since TEXT,
    guid_policy TEXT NOT NULL DEFAULT 'guid',
    rhythm TEXT NOT NULL DEFAULT '',
    rate_per_day REAL,
    in_use INTEGER NOT NULL DEFAULT 0,
    silent_since TEXT,
    UNIQUE (source_id, kind, url)
) STRICT;

CREATE TABLE hosts (
    host TEXT PRIMARY KEY,
    not_before TEXT,
    crawl_delay_seconds REAL,
    robots TEXT,
    robots_status INTEGER,
    robots_fetched_at TEXT,
    blocked_streak INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE polls (
    id INTEGER PRIMARY KEY,
    way_id INTEGER NOT NULL REFERENCES ways(id),
    source_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL,
    http_status INTEGER,
    reason TEXT,
    detail TEXT NOT NULL DEFAULT '',
    conditional INTEGER NOT NULL DEFAULT 0,
    items INTEGER NOT NULL DEFAULT 0,
    new_items INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    next_poll_at TEXT
) STRICT;
CREATE INDEX polls_way ON polls(way_id, id);
CREATE INDEX polls_started ON polls(started_at);

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    url_key TEXT NOT NULL UNIQUE,
    guid TEXT,
    source_id TEXT NOT NULL,
    way_id INTEGER,
    title TEXT NOT NULL DEFAULT '',
    summary TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    published_at TEXT,
    published_raw TEXT NOT NULL DEFAULT '',
    date_source TEXT NOT NULL DEFAULT '',
    authors TEXT NOT NULL DEFAULT '[]',
    language TEXT,
    is_post INTEGER NOT NULL DEFAULT 0,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT,
    last_error TEXT,
    last_error_reason TEXT,
    article_id INTEGER
) STRICT;
CREATE INDEX entries_due ON entries(state, next_attempt_at);
CREATE INDEX entries_guid ON entries(source_id, guid);
CREATE INDEX entries_source ON entries(source_id, first_seen_at);

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    purpose TEXT NOT NULL,
    way_id INTEGER,
    entry_id INTEGER,
    article_id INTEGER,
    http_status INTEGER,
    reason TEXT,
    bytes INTEGER NOT NULL DEFAULT 0,
    duration_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX attempts_at ON attempts(at);
CREATE INDEX attempts_entry ON attempts(entry_id) WHERE entry_id IS NOT NULL;

CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    source_id TEXT NOT NULL REFERENCES sources(id),
    relations TEXT NOT NULL DEFAULT '',
    level INTEGER NOT NULL DEFAULT 0,
    topics TEXT NOT NULL DEFAULT '',
    published_at TEXT,
    first_seen_at TEXT NOT NULL,
    language TEXT,
    lead TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    words INTEGER NOT NULL DEFAULT 0,
    authors TEXT NOT NULL DEFAULT '',
    final_url TEXT NOT NULL,
    canonical_url TEXT,
    published_raw TEXT NOT NULL DEFAULT '',
    date_precision TEXT,
    date_source TEXT,
    date_clamped INTEGER NOT NULL DEFAULT 0,
    modified_at TEXT,
    script TEXT,
    origin TEXT,
    reposted_by TEXT,
    is_interview INTEGER NOT NULL DEFAULT 0,
    interviewee TEXT,
    interviewee_role TEXT,
    is_opinion INTEGER NOT NULL DEFAULT 0,
    is_truncated INTEGER NOT NULL DEFAULT 0,
    turns TEXT NOT NULL DEFAULT '[]',
    image TEXT,
    method TEXT NOT NULL DEFAULT '',
    problems TEXT NOT NULL DEFAULT '',
    content_hash TEXT NOT NULL,
    dup_of INTEGER,
    dup_kind TEXT,
    story_id INTEGER,
    version_group TEXT,
    backfilled INTEGER NOT NULL DEFAULT 0,
    page_id INTEGER,
    fetched_at TEXT NOT NULL,
    last_checked_at TEXT,
    next_check_at TEXT,
    checks INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    removed_at TEXT,
    tagger_version TEXT NOT NULL DEFAULT '',
    extractor_version TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX articles_source ON articles(source_id, id);
CREATE INDEX articles_first_seen ON articles(first_seen_at);
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_canonical ON articles(canonical_url) WHERE canonical_url IS NOT NULL;
CREATE INDEX articles_final ON articles(final_url);
CREATE INDEX articles_hash ON articles(content_hash);
CREATE INDEX articles_relations ON articles(relations, id);
CREATE INDEX articles_facets ON articles(relations, source_id, language, level);
CREATE INDEX articles_story ON articles(story_id) WHERE story_id IS NOT NULL;
CREATE INDEX articles_dup ON articles(dup_of) WHERE dup_of IS NOT NULL;
CREATE INDEX articles_check ON articles(next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX articles_versions ON articles(version_group) WHERE version_group IS NOT NULL;

CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, text, content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
);
CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
    INSERT INTO articles_fts(rowid, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER articles_fts_delete AFTER DELETE ON articles BEGIN
    INSERT INTO articles_fts(articles_fts, rowid, title, text)
    VALUES ('delete', old.id, old.title, old.text);
END;
CREATE TRIGGER articles_fts_update AFTER UPDATE OF title, text ON articles BEGIN
    INSERT INTO articles_fts(articles_fts, rowid, title, text)
    VALUES ('delete', old.id, old.title, old.text);
    INSERT INTO articles_fts(rowid, title, text) VALUES (new.id, new.title, new.text);
END;

CREATE TABLE addresses (
    url_key TEXT PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_article ON addresses(article_id);

CREATE TABLE article_relations (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    relation TEXT NOT NULL,
    level INTEGER NOT NULL,
    score REAL NOT NULL,
    evidence TEXT NOT NULL DEFAULT '[]',
    limited_by TEXT NOT NULL DEFAULT '',
    tagger_version TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article_id, relation)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_relations_relation ON article_relations(relation, level, article_id);

CREATE TABLE article_topics (
    article_id INTEGER NOT NULL REFERENCES articles(id),
    topic TEXT NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (article_id, topic)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_topics_topic ON article_topics(topic, article_id);

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    seen_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    diff TEXT NOT NULL DEFAULT '',
    touches_tagged INTEGER NOT NULL DEFAULT 0,
    page_id INTEGER
) STRICT;
CREATE INDEX revisions_article ON revisions(article_id);
CREATE INDEX revisions_seen ON revisions(seen_at);

CREATE TABLE stories (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    first_article_id INTEGER,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    articles INTEGER NOT NULL DEFAULT 0,
    outlets INTEGER NOT NULL DEFAULT 0,
    relations TEXT NOT NULL DEFAULT '',
    level INTEGER NOT NULL DEFAULT 0,
    bound_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX stories_last_seen ON stories(last_seen_at);

CREATE TABLE story_splits (
    article_id INTEGER NOT NULL,
    other_article_id INTEGER NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    PRIMARY KEY (article_id, other_article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sketches (
    article_id INTEGER PRIMARY KEY,
    sketch BLOB NOT NULL,
    features TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
) STRICT;
CREATE INDEX sketches_at ON sketches(at);

CREATE TABLE people (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_ru TEXT,
    name_kk TEXT,
    name_en TEXT,
    role TEXT,
    country TEXT,
    first_seen_at TEXT NOT NULL
) STRICT;

CREATE TABLE mentions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    person_key TEXT NOT NULL REFERENCES people(key),
    kind TEXT NOT NULL,
    surface TEXT NOT NULL,
    role TEXT,
    country TEXT,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    sentence TEXT NOT NULL
) STRICT;
CREATE INDEX mentions_article ON mentions(article_id);
CREATE INDEX mentions_person ON mentions(person_key, article_id);

CREATE TABLE amounts (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    value REAL NOT NULL,
    currency TEXT NOT NULL,
    usd REAL,
    rate REAL,
    surface TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    sentence TEXT NOT NULL
) STRICT;
CREATE INDEX amounts_article ON amounts(article_id);

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL,
    partner TEXT,
    date TEXT,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    sentence TEXT NOT NULL
) STRICT;
CREATE INDEX events_article ON events(article_id);
CREATE INDEX events_kind ON events(kind, partner);

CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    person_key TEXT,
    speaker TEXT,
    role TEXT,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    sentence TEXT NOT NULL
) STRICT;
CREATE INDEX quotes_article ON quotes(article_id);
CREATE INDEX quotes_person ON quotes(person_key) WHERE person_key IS NOT NULL;

CREATE TABLE host_lines (
    host TEXT NOT NULL,
    line_hash TEXT NOT NULL,
    line TEXT NOT NULL,
    articles INTEGER NOT NULL,
    seen TEXT NOT NULL DEFAULT '[]',
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (host, line_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE profiles (
    host TEXT NOT NULL,
    template TEXT NOT NULL,
    selectors TEXT NOT NULL,
    state TEXT NOT NULL,
    agreements INTEGER NOT NULL DEFAULT 0,
    disagreements INTEGER NOT NULL DEFAULT 0,
    score REAL NOT NULL DEFAULT 0,
    uses INTEGER NOT NULL DEFAULT 0,
    learned_at TEXT NOT NULL,
    checked_at TEXT,
    PRIMARY KEY (host, template)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    relation TEXT NOT NULL,
    level INTEGER NOT NULL,
    machine_level INTEGER,
    why TEXT NOT NULL DEFAULT '',
    by TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    origin TEXT NOT NULL DEFAULT 'cli'
) STRICT;
CREATE INDEX verdicts_article ON verdicts(article_id, relation);

CREATE TABLE digests (
    id INTEGER PRIMARY KEY,
    subscription TEXT NOT NULL,
    slot TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'digest',
    window_start_id INTEGER NOT NULL,
    window_end_id INTEGER NOT NULL,
    window_start_at TEXT NOT NULL,
    window_end_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'planned',
    subject TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL DEFAULT '',
    html TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    items INTEGER NOT NULL DEFAULT 0,
    made_at TEXT NOT NULL,
    sent_at TEXT,
    slot_at TEXT NOT NULL,
    path TEXT NOT NULL DEFAULT '',
    UNIQUE (subscription, slot)
) STRICT;

CREATE TABLE digest_items (
    digest_id INTEGER NOT NULL REFERENCES digests(id),
    article_id INTEGER NOT NULL,
    story_id INTEGER,
    relation TEXT NOT NULL,
    position INTEGER NOT NULL,
    form TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (digest_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_items_article ON digest_items(article_id);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    digest_id INTEGER NOT NULL REFERENCES digests(id),
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due',
    attempts INTEGER NOT NULL DEFAULT 0,
    code INTEGER,
    detail TEXT NOT NULL DEFAULT '',
    next_attempt_at TEXT,
    uncertain INTEGER NOT NULL DEFAULT 0,
    sent_at TEXT,
    UNIQUE (digest_id, channel, recipient)
) STRICT;
CREATE INDEX deliveries_due ON deliveries(state, next_attempt_at);

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    stage TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX incidents_at ON incidents(at);
"""


@migrations()
def first(db: Database) -> None:
    """Everything the first release needs."""
    for statement in _statements(_FIRST):
        db.conn.execute(statement)


def _statements(script: str) -> list[str]:
    """Split DDL at the semicolons that end a statement (triggers hold inner ones).

    `executescript` would commit the surrounding transaction, so statements run one by one.
    """
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        inside_trigger = "CREATE TRIGGER" in current and not current.rstrip().endswith("END;")
        if line.rstrip().endswith(";") and not inside_trigger:
            statements.append(current)
            current = ""
    return statements
