--
-- PostgreSQL database dump
--

\restrict Y4Cc9SHod2PRuQboRYuOojEaTW2pa2R4UbmF1CW4hELiYD0y4PPd6r7TwdB2Mui

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: accounts_shut(); Type: FUNCTION; Schema: public; Owner: gatehouse
--

CREATE FUNCTION public.accounts_shut() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE sessions SET ended_at = greatest(NEW.status_at, NEW.updated_at), ended_why = 'account ' || NEW.status, rev = rev + 1
    WHERE account = NEW.id AND ended_at IS NULL AND ends_at > greatest(NEW.status_at, NEW.updated_at);
    RETURN NULL;
END
$$;


ALTER FUNCTION public.accounts_shut() OWNER TO gatehouse;

--
-- Name: events_append_only(); Type: FUNCTION; Schema: public; Owner: gatehouse
--

CREATE FUNCTION public.events_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only';
END
$$;


ALTER FUNCTION public.events_append_only() OWNER TO gatehouse;

--
-- Name: identifiers_username_given(); Type: FUNCTION; Schema: public; Owner: gatehouse
--

CREATE FUNCTION public.identifiers_username_given() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO usernames_given (fingerprint, account) VALUES (NEW.fingerprint, NEW.account) ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM usernames_given WHERE fingerprint = NEW.fingerprint AND account = NEW.account) THEN
        RAISE EXCEPTION 'refused' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END
$$;


ALTER FUNCTION public.identifiers_username_given() OWNER TO gatehouse;

--
-- Name: refuse(text); Type: FUNCTION; Schema: public; Owner: gatehouse
--

CREATE FUNCTION public.refuse(code text) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'refused' USING ERRCODE = code;
END
$$;


ALTER FUNCTION public.refuse(code text) OWNER TO gatehouse;

--
-- Name: sessions_signal(); Type: FUNCTION; Schema: public; Owner: gatehouse
--

CREATE FUNCTION public.sessions_signal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO signals (kind, client, account, session, why, at, due)
    SELECT DISTINCT 'session-ended', g.client, NEW.account, NEW.id, NEW.ended_why, NEW.ended_at, NEW.ended_at
    FROM grants g JOIN clients c ON c.id = g.client
    WHERE g.session = NEW.id AND c.backchannel_logout_uri <> '' AND c.disabled_at IS NULL
        AND (g.code_used_at IS NOT NULL OR g.code_expires_at > NEW.ended_at)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;


ALTER FUNCTION public.sessions_signal() OWNER TO gatehouse;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: accounts; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.accounts (
    status_at bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    rev bigint NOT NULL,
    id text NOT NULL,
    status text NOT NULL,
    profile bytea NOT NULL
)
WITH (fillfactor='90');


ALTER TABLE public.accounts OWNER TO gatehouse;

--
-- Name: activations; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.activations (
    issued_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    revoked_at bigint,
    used_at bigint,
    id text NOT NULL,
    code_hash bytea NOT NULL,
    fingerprint bytea NOT NULL,
    relation text NOT NULL,
    revoked_why text DEFAULT ''::text NOT NULL,
    used_by text DEFAULT ''::text NOT NULL,
    invitation bytea NOT NULL
);


ALTER TABLE public.activations OWNER TO gatehouse;

--
-- Name: authenticators; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.authenticators (
    created_at bigint NOT NULL,
    used_at bigint,
    rev bigint NOT NULL,
    failures integer NOT NULL,
    id text NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,
    change_owed text NOT NULL,
    data bytea NOT NULL,
    step bigint DEFAULT 0 NOT NULL,
    name bytea
)
WITH (fillfactor='85');


ALTER TABLE public.authenticators OWNER TO gatehouse;

--
-- Name: budgets; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.budgets (
    until bigint NOT NULL,
    spent integer NOT NULL,
    purpose text NOT NULL,
    fingerprint bytea NOT NULL
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.05');


ALTER TABLE public.budgets OWNER TO gatehouse;

--
-- Name: ceremonies; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE UNLOGGED TABLE public.ceremonies (
    deadline bigint NOT NULL,
    rev bigint NOT NULL,
    id text NOT NULL,
    payload bytea NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0.05');
ALTER TABLE ONLY public.ceremonies ALTER COLUMN payload SET STORAGE EXTERNAL;


ALTER TABLE public.ceremonies OWNER TO gatehouse;

--
-- Name: challenges; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.challenges (
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    solved_at bigint,
    tries integer NOT NULL,
    max_tries integer NOT NULL,
    id text NOT NULL,
    account text NOT NULL,
    authenticator text NOT NULL,
    channel text NOT NULL,
    target bytea NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');


ALTER TABLE public.challenges OWNER TO gatehouse;

--
-- Name: clients; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.clients (
    created_at bigint NOT NULL,
    disabled_at bigint,
    rev bigint NOT NULL,
    min_level smallint NOT NULL,
    pkce_optional boolean NOT NULL,
    first_party boolean NOT NULL,
    rotate boolean NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    secret_hash bytea,
    auth_method text NOT NULL,
    redirect_uris text NOT NULL,
    post_logout_redirect_uris text NOT NULL,
    grants text NOT NULL,
    scopes text NOT NULL,
    audience text NOT NULL,
    id_token_alg text NOT NULL,
    backchannel_logout_uri text DEFAULT ''::text NOT NULL,
    backchannel_logout_session_required boolean DEFAULT false NOT NULL,
    reports_activity boolean DEFAULT false NOT NULL
);


ALTER TABLE public.clients OWNER TO gatehouse;

--
-- Name: closings; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.closings (
    asked_at bigint NOT NULL,
    due_at bigint NOT NULL,
    notice_at bigint NOT NULL,
    account text NOT NULL,
    id text NOT NULL
);


ALTER TABLE public.closings OWNER TO gatehouse;

--
-- Name: consents; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.consents (
    given_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    account text NOT NULL,
    client text NOT NULL,
    scopes text NOT NULL
);


ALTER TABLE public.consents OWNER TO gatehouse;

--
-- Name: devices; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.devices (
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    remembered_until bigint,
    sweep_at bigint NOT NULL,
    id text NOT NULL,
    account text NOT NULL,
    secret_hash bytea NOT NULL,
    words text NOT NULL
)
WITH (fillfactor='85');


ALTER TABLE public.devices OWNER TO gatehouse;

--
-- Name: events; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.events (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    account text NOT NULL,
    client text NOT NULL,
    session text NOT NULL,
    grant_id text NOT NULL,
    actor text NOT NULL,
    detail text NOT NULL
);


ALTER TABLE public.events OWNER TO gatehouse;

--
-- Name: events_seq_seq; Type: SEQUENCE; Schema: public; Owner: gatehouse
--

ALTER TABLE public.events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: grants; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.grants (
    auth_time bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    code_expires_at bigint,
    code_used_at bigint,
    generation bigint NOT NULL,
    rotated_at bigint,
    revoked_at bigint,
    sweep_at bigint NOT NULL,
    offline boolean NOT NULL,
    id text NOT NULL,
    account text NOT NULL,
    client text NOT NULL,
    session text NOT NULL,
    scopes text NOT NULL,
    acr text NOT NULL,
    amr text NOT NULL,
    code_hash bytea,
    redirect_uri text NOT NULL,
    nonce bytea NOT NULL,
    challenge bytea NOT NULL,
    revoked_why text NOT NULL
)
WITH (fillfactor='90');


ALTER TABLE public.grants OWNER TO gatehouse;

--
-- Name: identifiers; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.identifiers (
    verified_at bigint,
    "position" integer NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,
    fingerprint bytea NOT NULL,
    name bytea NOT NULL
);


ALTER TABLE public.identifiers OWNER TO gatehouse;

--
-- Name: keyring; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.keyring (
    rev bigint NOT NULL,
    id integer NOT NULL,
    doc bytea NOT NULL,
    CONSTRAINT keyring_id_check CHECK ((id = 1))
);


ALTER TABLE public.keyring OWNER TO gatehouse;

--
-- Name: lanes; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.lanes (
    began bigint NOT NULL,
    paused_until bigint NOT NULL,
    day_began bigint NOT NULL,
    forget_at bigint NOT NULL,
    sweep_at bigint NOT NULL,
    tries integer NOT NULL,
    pauses integer NOT NULL,
    today integer NOT NULL,
    in_a_row integer NOT NULL,
    kind text NOT NULL,
    fingerprint bytea NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');


ALTER TABLE public.lanes OWNER TO gatehouse;

--
-- Name: marks; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.marks (
    until bigint NOT NULL,
    purpose text NOT NULL,
    key_hash bytea NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.05');


ALTER TABLE public.marks OWNER TO gatehouse;

--
-- Name: messages; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.messages (
    at bigint NOT NULL,
    expires bigint NOT NULL,
    due bigint NOT NULL,
    leased_until bigint DEFAULT 0 NOT NULL,
    settled_at bigint,
    tries integer DEFAULT 0 NOT NULL,
    id text NOT NULL,
    state text NOT NULL,
    channel text NOT NULL,
    account text NOT NULL,
    template text NOT NULL,
    lang text NOT NULL,
    challenge text NOT NULL,
    lease text DEFAULT ''::text NOT NULL,
    fault text DEFAULT ''::text NOT NULL,
    ref text DEFAULT ''::text NOT NULL,
    unsure text DEFAULT ''::text NOT NULL,
    target bytea NOT NULL,
    data bytea
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.05');


ALTER TABLE public.messages OWNER TO gatehouse;

--
-- Name: nobody; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.nobody (
    failures bigint NOT NULL,
    id integer NOT NULL
)
WITH (fillfactor='30');


ALTER TABLE public.nobody OWNER TO gatehouse;

--
-- Name: rates; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE UNLOGGED TABLE public.rates (
    whole bigint NOT NULL,
    got bigint NOT NULL,
    sweep_at bigint NOT NULL,
    key bytea NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');


ALTER TABLE public.rates OWNER TO gatehouse;

--
-- Name: record_links; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.record_links (
    linked_at bigint NOT NULL,
    account text NOT NULL,
    fingerprint bytea NOT NULL,
    relation text NOT NULL,
    activation text NOT NULL,
    record bytea NOT NULL,
    granted_by text DEFAULT ''::text NOT NULL,
    until bigint,
    CONSTRAINT record_links_trusted CHECK (((relation <> 'trusted'::text) OR ((until IS NOT NULL) AND (granted_by <> ''::text))))
);


ALTER TABLE public.record_links OWNER TO gatehouse;

--
-- Name: recoveries; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.recoveries (
    started_at bigint NOT NULL,
    ready_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    notice_at bigint,
    ended_at bigint,
    id text NOT NULL,
    account text NOT NULL,
    ended_why text DEFAULT ''::text NOT NULL,
    contacts bytea NOT NULL
);


ALTER TABLE public.recoveries OWNER TO gatehouse;

--
-- Name: schema_serves; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.schema_serves (
    oldest bigint NOT NULL
);


ALTER TABLE public.schema_serves OWNER TO gatehouse;

--
-- Name: schema_version; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.schema_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);


ALTER TABLE public.schema_version OWNER TO gatehouse;

--
-- Name: schema_version_id_seq; Type: SEQUENCE; Schema: public; Owner: gatehouse
--

ALTER TABLE public.schema_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.schema_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.sessions (
    created_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    ended_at bigint,
    rev bigint NOT NULL,
    id text NOT NULL,
    account text NOT NULL,
    secret_hash bytea NOT NULL,
    proofs text NOT NULL,
    ended_why text NOT NULL
)
WITH (fillfactor='90');


ALTER TABLE public.sessions OWNER TO gatehouse;

--
-- Name: signals; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.signals (
    id bigint NOT NULL,
    at bigint NOT NULL,
    due bigint NOT NULL,
    leased_until bigint DEFAULT 0 NOT NULL,
    settled_at bigint,
    tries integer DEFAULT 0 NOT NULL,
    kind text NOT NULL,
    client text NOT NULL,
    account text NOT NULL,
    session text NOT NULL,
    why text NOT NULL,
    lease text DEFAULT ''::text NOT NULL,
    outcome text DEFAULT ''::text NOT NULL
)
WITH (fillfactor='80');


ALTER TABLE public.signals OWNER TO gatehouse;

--
-- Name: signals_id_seq; Type: SEQUENCE; Schema: public; Owner: gatehouse
--

ALTER TABLE public.signals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.signals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: terms_accepted; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.terms_accepted (
    accepted_at bigint NOT NULL,
    account text NOT NULL,
    version text NOT NULL
);


ALTER TABLE public.terms_accepted OWNER TO gatehouse;

--
-- Name: usernames_given; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.usernames_given (
    fingerprint bytea NOT NULL,
    account text NOT NULL
);


ALTER TABLE public.usernames_given OWNER TO gatehouse;

--
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.accounts (status_at, created_at, updated_at, rev, id, status, profile) FROM stdin;
1930810026543210	1930810026543210	1930810027543210	1	AAAAAAAAAAAAAAAAAAAAAA	active	\\x01753464667335737a43d8e1f4f37eaa51938361f3b90447c88dc57a868d36cf9aeea76a5111efbd7fe9622c90fcc1d3676adc776c2e4c03d28a2a9a76ebe33fbba8a06c5790cc71d6060e7bdfc0005345bcdf62473fc22590dae7bcb496c48f22632250
1930810026543210	1930810026543210	1930810027543210	1	EEEEEEEEEEEEEEEEEEEEEA	active	\\x01753464667335737a3c133e9ecbcf07d85ef84edb2de8000e13d0693ed254de6c6a322a250ba8b7ab3137dcac59d95409b36874f77182a5e0d4e659aec44995f285deb753cf068d55ec48328c7ff750b95914b1394724bf74bc75dd73d7d034c8ff45a857e8a3e4c25c2c19232569a52f7a727dbeef3a0b054e2a2cb926f6e5385584975dccd2e5b36a6909d0cbc11ec8ae2d49e76e280969483e7c
\.


--
-- Data for Name: activations; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.activations (issued_at, expires_at, revoked_at, used_at, id, code_hash, fingerprint, relation, revoked_why, used_by, invitation) FROM stdin;
1930810026543210	1933402026543210	\N	\N	kept open	\\x636f6465206f66206b657074206f70656e	\\x05762d27b0a3885ab01604bdec2c581b9e7ef35c32457914c92824df49835112	self			\\x01753464667335737ad4539f0676fc8d377e036f73a1cc6e621993ed437eafabd8a70667357264ae84da4eeb00bbe577e4231d44a08913694162e28e7d785264792544516584380914bbcf0bf4a10ee0ee3d12e01f127e5b21026b67cec00528487f4ec134271451137c4016e458986a65c30f0d659d120913260c1656e0e41d8076947147d63dd1c11aea5b93931d30acf12af3f8af7af8c4fd966b4a4751d6cbc089c1d9378594b74c58bf5b138b15db9589e012888b87ba9e00f9df62311c48490bb84acca2daa9e5a68bd2ef0515ad82518e2165b3c674bb71abcf65a39e0cb028
1930810026543210	1933402026543210	\N	1930810026543210	kept used	\\x636f6465206f66206b6570742075736564	\\x9c4b68591673bf0a1f23371fb21fe594c6c34a4e8919434473f30668df0491a6	self		AAAAAAAAAAAAAAAAAAAAAA	\\x01753464667335737a77367c2a4ae1117851f67c7bc66478b0b9efd91e74c83efe04987cfacba070c7082df47b0ed1a80169f2cf22fafef4352d3c08ac833f312af6511b2d46f6b784ddba7a25279f9f11f173b4af60e21867b62c453aeffb7025c458cfa714fb4ef26aa80e705d7c0be7b5becbf3674853ce3d62a6adbcfa961f3eb8e3963e954b10872a13de7cf01d8fab8ea7ab023d0125c2273b2e12074eaa3241dd0ef45757c37c0497adb6c1aa690ba16f05de5c7ae88b1f932608d0175b112d23273000ac466efd59751050b7c6d9b8c28f4b6622312e31ac7d9ff5ed3503c5
1930810026543210	1933402026543210	\N	1930810026543210	kept trust	\\x636f6465206f66207472757374	\\x55f44894cfef87895f7e79837be7dff5f56637deb1ba031208cdd3aba2add22b	trusted		EEEEEEEEEEEEEEEEEEEEEA	\\x01753464667335737a2063487fbe839689134442e4f3e0aa7058b4af41de94209f81e53930bb03479d88f2cd5d640bacaa4021f1ba585db990ef2ce56995c446d84f61d17feb308ee2ec0a0ad2d45f58e5c452c9d59a8437e8052b12857947262de09f4521341d56a0a579612e5cf80a0a7390d4eda86161341b2987b503e104cef06de1dfa5b69556395bf0f0398190e0b195f5e7664de8b245cdb020ab91069fd1f2156bff5d58e88ac3208c7e70508bc372e22a5e81df75dcb13abd6bb08f0b169d3b7f6f017ac496eb53dd9eddfa9f7cb4cecf2b69b33037c04e669f1c6561b87307c479325796604fd41f9904b3c594b8d886f228caaedfb9da1ff01e6a2753c7de647f588c1c07c99672ece77f841f06ccb8c4ac76afc1e1e3d959ee71bb96b9
\.


--
-- Data for Name: authenticators; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.authenticators (created_at, used_at, rev, failures, id, account, kind, change_owed, data, step, name) FROM stdin;
1930810026543210	1930810026543210	2	0	kept password	AAAAAAAAAAAAAAAAAAAAAA	password		\\x01753464667335737a382ed5f5afdf59c291b2802d72fcf56c00d6e57df6a00cf186451b07c502223000b98165c1efdb1cb6630ecf	0	\N
1930810086543210	\N	1	0	kept app	AAAAAAAAAAAAAAAAAAAAAA	totp		\\x01753464667335737ac2377d8017863836782d641170257cd79ba237e4f7a5d155c20d1c85cdafed82b9e2a078032b4038	57	\\x01753464667335737a4245ffb0800518455aecfbd1593ac71bfae3096f1dde537faddb2e84e1af876a3b9c037d8b2294
\.


--
-- Data for Name: budgets; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.budgets (until, spent, purpose, fingerprint) FROM stdin;
1930813626543210	1	sends	\\x6210422b5381089eb3dfaf7ac3f07ec5137b58bae679a71a700a5803ca0323bc
\.


--
-- Data for Name: ceremonies; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.ceremonies (deadline, rev, id, payload) FROM stdin;
\.


--
-- Data for Name: challenges; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.challenges (created_at, expires_at, solved_at, tries, max_tries, id, account, authenticator, channel, target) FROM stdin;
1930810026543210	1930810626543210	\N	1	5	DDDDDDDDDDDDDDDDDDDDDA	AAAAAAAAAAAAAAAAAAAAAA	a1	text	\\x01753464667335737a84456faef1ac7fb2ac807d1c62225c17a069b2066d44fac37ccdbb776fd59a4ef07f95beac
\.


--
-- Data for Name: clients; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.clients (created_at, disabled_at, rev, min_level, pkce_optional, first_party, rotate, id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience, id_token_alg, backchannel_logout_uri, backchannel_logout_session_required, reports_activity) FROM stdin;
1930810026543210	\N	1	2	f	f	f	records	Client records	\\x68617368206f662074686520736563726574	client_secret_basic	["https://records.example.org/back"]	[]	["authorization_code"]	["openid","profile"]	["https://api.example.org"]	RS256		f	f
1930810026543210	\N	1	2	f	f	f	kept-watching	Client kept-watching	\\x68617368206f662074686520736563726574	client_secret_basic	["https://kept-watching.example.org/back"]	[]	["authorization_code"]	["openid","profile"]	["https://api.example.org"]	RS256	https://kept.example.org/out	t	t
\.


--
-- Data for Name: closings; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.closings (asked_at, due_at, notice_at, account, id) FROM stdin;
1930810026543210	1932019626543210	1931760426543210	EEEEEEEEEEEEEEEEEEEEEA	kept closing
\.


--
-- Data for Name: consents; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.consents (given_at, expires_at, account, client, scopes) FROM stdin;
1930810026543210	1930813626543210	AAAAAAAAAAAAAAAAAAAAAA	records	["openid"]
\.


--
-- Data for Name: devices; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.devices (created_at, seen_at, remembered_until, sweep_at, id, account, secret_hash, words) FROM stdin;
1930810026543210	1930810026543210	1933402026543210	1965370026543210	kept device	AAAAAAAAAAAAAAAAAAAAAA	\\x6f03d2971640f794df3c2747054d321b4d40454b31d278ffdca692617f2e2fa6	Firefox on Windows
\.


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.events (seq, at, kind, account, client, session, grant_id, actor, detail) FROM stdin;
1	1930810026543210	account.created					house	{"why":"test"}
2	1930810026543210	client.created					house	{"why":"test"}
3	1930810026543210	session.began					house	{"why":"test"}
4	1930810026543210	consent.given					house	{"why":"test"}
5	1930810026543210	grant.began					house	{"why":"test"}
6	1930810026543210	keys.changed					house	{"why":"test"}
7	1930810026543210	authenticator.bound					house	{"why":"test"}
8	1930810026543210	told					house	{"why":"test"}
9	1930810026543210	session.began					house	{"why":"test"}
10	1930810026543210	told					house	{"why":"test"}
11	1930810026543210	activation.issued					house	{"why":"test"}
12	1930810026543210	activation.issued					house	{"why":"test"}
13	1930810026543210	record.joined					house	{"why":"test"}
14	1930810026543210	recovery.started					house	{"why":"test"}
15	1930810026543210	told					house	{"why":"test"}
16	1930810026543210	kept					house	{"why":"test"}
17	1930810026543210	activation.issued					house	{"why":"test"}
18	1930810026543210	record.joined					house	{"why":"test"}
19	1930810026543210	kept					house	{"why":"test"}
20	1930810026543210	closing.asked					house	{"why":"test"}
21	1930810026543210	kept					house	{"why":"test"}
22	1930810026543210	session.began					house	{"why":"test"}
23	1930810026543210	kept					house	{"why":"test"}
24	1930810026543210	session.began					house	{"why":"test"}
25	1930810026543210	kept					house	{"why":"test"}
26	1930810026543210	kept					house	{"why":"test"}
\.


--
-- Data for Name: grants; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.grants (auth_time, created_at, expires_at, code_expires_at, code_used_at, generation, rotated_at, revoked_at, sweep_at, offline, id, account, client, session, scopes, acr, amr, code_hash, redirect_uri, nonce, challenge, revoked_why) FROM stdin;
1930810026543210	1930810026543210	1933402026543210	1930810086543210	1930810027543210	1	1930810086543210	\N	1930896486543210	f	CCCCCCCCCCCCCCCCCCCCCA	AAAAAAAAAAAAAAAAAAAAAA	records	BBBBBBBBBBBBBBBBBBBBBA	["openid"]	urn:gatehouse:acr:two-step	["otp","pwd"]	\\xa2d5f2004d95248aba3779939392eccb5c6605eb721dde0578a2e95f326c3c4a	https://app.example.org/back	\\x6e2d30	\\x45394d656c686f61324f77	
1930810026543210	1930810026543210	1933402026543210	1930810086543210	1930810026543210	0	\N	\N	1930896486543210	f	Ayft21WEsPREWYTonf1nPQ	EEEEEEEEEEEEEEEEEEEEEA	kept-watching	FFFFFFFFFFFFFFFFFFFFFA	["openid"]	urn:gatehouse:acr:two-step	["otp","pwd"]	\\x1f07cfed89c2f61a16101f98d2f50c6a07b92146201affe2de6ec9b77cd62758	https://app.example.org/back	\\x6e2d30	\\x45394d656c686f61324f77	
1930810026543210	1930810026543210	1933402026543210	1930810086543210	1930810026543210	0	\N	\N	1930896486543210	f	mw4aPQs5uG1TSh-q2iCObA	EEEEEEEEEEEEEEEEEEEEEA	kept-watching	GGGGGGGGGGGGGGGGGGGGGA	["openid"]	urn:gatehouse:acr:two-step	["otp","pwd"]	\\xf22312534872c5bedd5daf2f71a708bf23ae682f9c1443bbf30f1fd2e1a89be7	https://app.example.org/back	\\x6e2d30	\\x45394d656c686f61324f77	
\.


--
-- Data for Name: identifiers; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.identifiers (verified_at, "position", account, kind, fingerprint, name) FROM stdin;
\N	0	AAAAAAAAAAAAAAAAAAAAAA	username	\\x2364843ec6cca94115a26227082a18cf7a3f90ef46b9c04bcadf24c5729e63b2	\\x01753464667335737a6312ffd9737aebe86f06e0c8adbe1d336cdfe68c0c0c7155cb58a085c4bd1956884468446c5aa982ce157b6a8019cabf3413cdcabe1de4c87e4e0e98b963e7a457225b0eb5309f
1930810086543210	1	AAAAAAAAAAAAAAAAAAAAAA	email	\\x01f86c89c839af2ec447d299d042d7e711d61b461208faf14474a4d1a8c4851d	\\x01753464667335737ad45d5c0eb328f9f08b27234736932ca4fa0af69a86db00618784dbd2ea26fd1cc9a13c862001e81be8e32884259392658b0a445fd4228252284fc969ad49424af24bc304b9baa38f6819ca67308fbb7208b971817e
\N	0	EEEEEEEEEEEEEEEEEEEEEA	username	\\x49b8518f3188a65cad12076854d0832c57a2cd1b6796875385933c02e19cb80a	\\x01753464667335737a1476d194c8c2087fbb827c2285e7f508f164c68fe1e991f9ef75cc13fe2baed35170f36f0792d78a499086a85330003a105e15f8ff5be92a8cd7b0688c214b81e9582458cfcf18
1930810086543210	1	EEEEEEEEEEEEEEEEEEEEEA	email	\\xcef1831733e15b8ccc83ce5c3724304af9117d96fe9e901c32fc824603104306	\\x01753464667335737a72d95d103f484736a8f032c3915b7ef1da03a2daf44f9bcb540b1c685fb2400cad78d525646eeef0bd8adc5b2bc55851349baaf43de5ddfb792540a36996b821b8cd2e2df975d843cf9fdcadcb8a4de4814b108fcb
\.


--
-- Data for Name: keyring; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.keyring (rev, id, doc) FROM stdin;
1	1	\\x7365616c6564206b657972696e67
\.


--
-- Data for Name: lanes; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.lanes (began, paused_until, day_began, forget_at, sweep_at, tries, pauses, today, in_a_row, kind, fingerprint) FROM stdin;
1930810026543210	0	1930810026543210	1965370026543210	1965370026543210	3	0	3	3	strangers	\\xbb95a8a67d4755c5625108eb96b068288b46bae03843b075c4ace78305f31b9c
\.


--
-- Data for Name: marks; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.marks (until, purpose, key_hash) FROM stdin;
1930813626543210	ceremony	\\xd95f8b78c43e84881da8d3b1a7c98007bcd6489484689589edf185976c9ac129
1930813626543210	revoked-token	\\x15ebe4f459cf303e73f740aab93627b9e3726d3768712d4624b183b1e84c3b8f
1930813626543210	ceremony	\\x85a48d0f06a5d764c0ee8ba6d4a38137e43b5f5d588952215c25d113b6b19786
1930813626543210	ceremony	\\x309b2dd489c47a755249984e799a537fb9c3611c2f0c784997e9bf3925e4b97b
1930813626543210	ceremony	\\x864b2b301b175bae4327ee05540e1e61dbc3a4854c217845811e9cfac8aea85c
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.messages (at, expires, due, leased_until, settled_at, tries, id, state, channel, account, template, lang, challenge, lease, fault, ref, unsure, target, data) FROM stdin;
1930810086543210	1930810626543210	1930810086543210	0	\N	0	kept message	waiting	email	ada	M-01	es-419	DDDDDDDDDDDDDDDDDDDDDA					\\x01753464667335737a7b1b8868a367afdf987d2b5626e8b75eb385e90f53002b63aa9a3978c08f0d9b0e005e9e8f2dda86415360	\\x01753464667335737ae79c3002b35e23aa081b8db057873cbab771fa0619dd2f70b27d6a9e1be6199159a9fbbb71633278b38405012b76fb92fe5294430511faddf0010248095c63af4d6ae047
1930810026543210	1930810626543210	1930810026543210	0	1930810026543210	1	2123ip6NLL17skX196Y1qA	sent	text	ada	M-01	es-419	settled			kept reference		\\x01753464667335737ad906de36430c3119fc97ffc74d223f0ad99deac802485ce2f43c50b33c514964a6190730df	\\x01753464667335737aad9d9ddc68cdc393c33dd3670b507a2afdf538bd82e53b06de7293c6c06bbea5c6ee09fdf7eba8035c90a3ba6de2ce4e61fc28ffb34136456c6b5c2c7f1548056a69436b
1930810026543210	1930810626543210	1930810026543210	0	1930810026543210	0	kept for nobody	dropped	nobody	ada	M-01	es-419	of nobody					\\x01753464667335737ada154ca9135ae1011caa0647cb491cfb7acb4a2d4f86cd2678641702b116d77820ba5634e7	\\x01753464667335737a28ac0a8f8bce18ceb450ef85d9bb4d158ee966b261750b8e74408eb8ae5a31b0406c13a25839d0f480f5b06997e80258739c96dd4c3395a464b7f371db1ff0cc434d5499
\.


--
-- Data for Name: nobody; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.nobody (failures, id) FROM stdin;
0	0
0	1
0	2
0	3
0	4
0	5
0	6
0	7
0	8
0	9
0	10
0	11
0	12
0	13
0	14
0	15
0	16
0	17
0	18
0	19
0	20
0	21
0	22
0	23
0	24
0	25
0	26
0	27
0	28
0	29
0	30
0	31
0	32
0	33
0	34
0	35
0	36
0	37
0	38
0	39
0	40
0	41
0	42
0	43
0	44
0	45
0	46
0	47
0	48
0	49
0	50
0	51
0	52
0	53
0	54
0	55
0	56
0	57
0	58
0	59
0	60
0	61
0	62
0	63
\.


--
-- Data for Name: rates; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.rates (whole, got, sweep_at, key) FROM stdin;
\.


--
-- Data for Name: record_links; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.record_links (linked_at, account, fingerprint, relation, activation, record, granted_by, until) FROM stdin;
1930810026543210	AAAAAAAAAAAAAAAAAAAAAA	\\x9c4b68591673bf0a1f23371fb21fe594c6c34a4e8919434473f30668df0491a6	self	kept used	\\x01753464667335737ab1427d3057fa468d05511d881db2f494a19a31d2108904767a66c37307dcab824eb0976a9c4bf3e4e3ec3d70bc2afac858		\N
1930810026543210	EEEEEEEEEEEEEEEEEEEEEA	\\x55f44894cfef87895f7e79837be7dff5f56637deb1ba031208cdd3aba2add22b	trusted	kept trust	\\x01753464667335737a74cebc1fc6a112e13fd506ff50fb1c4f6b8f1e1e55d905a626f85e2641e5fd8a3140f196100e929600dac1ae1277	AAAAAAAAAAAAAAAAAAAAAA	1938586026543210
\.


--
-- Data for Name: recoveries; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.recoveries (started_at, ready_at, expires_at, notice_at, ended_at, id, account, ended_why, contacts) FROM stdin;
1930810026543210	1931069226543210	1931414826543210	1930939626543210	\N	kept recovery	AAAAAAAAAAAAAAAAAAAAAA		\\x01753464667335737ad525f8db50cf4d336e320e3dd54b1b8f718b9a81b69da9c35b29b33a397881a7843c5eda452082a8ded0e51c724482ca3fa6b1ef0e19ac0459e2ad5f8b336a3a6b1fa72c2505ec34906503ce0e909c0452a3c7791a615036f3f32b945c036af2ec742451d6ac88307e0835e5934f632898a215d00b056dfade9b954ca0c574fae407ea4645c9201939fe94cfc09c14ae249be0c990bff6f2e767b9e6b485028e17faad9b88404e9444dfa2eb5ed5a1e1c43740eb206bf84d3fcf6f5d0687a0fe55295269a278a8a48f1f0d1dc524051a7af22d7f10ebe1e75876c16b901c3b26b34e746c06fd3fdb9ac02376a1b01c17c34741d44f51c56481a9ebcb6d021b3566c33b32aea58defbecbedf6d67dcf68336fd27f27a7ef5762c54e4ae3792db3344b3b6804eb9d5f95b46cf781ae24be969e767983b760af3f3693
\.


--
-- Data for Name: schema_serves; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.schema_serves (oldest) FROM stdin;
5
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.schema_version (id, version_id, is_applied, tstamp) FROM stdin;
1	0	t	2026-11-23 03:17:52.821117
2	1	t	2026-11-23 03:17:52.825649
3	2	t	2026-11-23 03:17:52.856416
4	3	t	2026-11-23 03:17:52.868483
5	4	t	2026-11-23 03:17:52.871097
6	5	t	2026-11-23 03:17:52.873962
7	6	t	2026-11-23 03:17:52.874853
8	7	t	2026-11-23 03:17:52.883573
9	8	t	2026-11-23 03:17:52.886255
10	9	t	2026-11-23 03:17:52.893912
11	10	t	2026-11-23 03:17:52.905869
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.sessions (created_at, seen_at, ends_at, ended_at, rev, id, account, secret_hash, proofs, ended_why) FROM stdin;
1930810026543210	1930810026543210	1930853226543210	\N	1	BBBBBBBBBBBBBBBBBBBBBA	AAAAAAAAAAAAAAAAAAAAAA	\\x019bb44146d308316687c95ab76cb0c90ac5ed10c308b1d717e2b5f1532ca83a	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
1930810026543210	1930810026543210	1930853226543210	\N	1	Nb6b_kwOLV9D9SS9UcVs5Q	AAAAAAAAAAAAAAAAAAAAAA	\\x2dd98a902aa4d3743af85807c56a3cb690555146af5a17b9905889a6b331b50d	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
1930810026543210	1930810026543210	1930853226543210	\N	1	FFFFFFFFFFFFFFFFFFFFFA	EEEEEEEEEEEEEEEEEEEEEA	\\xebed3c572a4e8df22fc7fe0cd5ba2fdc73f3450b62feef9d329bfac75a0a109d	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
1930810026543210	1930810026543210	1930853226543210	1930810086543210	2	GGGGGGGGGGGGGGGGGGGGGA	EEEEEEEEEEEEEEEEEEEEEA	\\x62d9622733f2c4bf3f29578175ac372ad658e64f5d4037d7291b81caddd6bec3	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	signed_out
\.


--
-- Data for Name: signals; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.signals (id, at, due, leased_until, settled_at, tries, kind, client, account, session, why, lease, outcome) FROM stdin;
1	1930810086543210	1930810086543210	0	\N	0	session-ended	kept-watching	EEEEEEEEEEEEEEEEEEEEEA	GGGGGGGGGGGGGGGGGGGGGA	signed_out		
\.


--
-- Data for Name: terms_accepted; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.terms_accepted (accepted_at, account, version) FROM stdin;
1930810026543210	EEEEEEEEEEEEEEEEEEEEEA	2031-03
\.


--
-- Data for Name: usernames_given; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.usernames_given (fingerprint, account) FROM stdin;
\\x2364843ec6cca94115a26227082a18cf7a3f90ef46b9c04bcadf24c5729e63b2	AAAAAAAAAAAAAAAAAAAAAA
\\x49b8518f3188a65cad12076854d0832c57a2cd1b6796875385933c02e19cb80a	EEEEEEEEEEEEEEEEEEEEEA
\.


--
-- Name: events_seq_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.events_seq_seq', 26, true);


--
-- Name: schema_version_id_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.schema_version_id_seq', 11, true);


--
-- Name: signals_id_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.signals_id_seq', 1, true);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);


--
-- Name: activations activations_code_hash_key; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.activations
    ADD CONSTRAINT activations_code_hash_key UNIQUE (code_hash);


--
-- Name: activations activations_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.activations
    ADD CONSTRAINT activations_pkey PRIMARY KEY (id);


--
-- Name: authenticators authenticators_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.authenticators
    ADD CONSTRAINT authenticators_pkey PRIMARY KEY (id);


--
-- Name: budgets budgets_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (fingerprint, purpose);


--
-- Name: ceremonies ceremonies_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.ceremonies
    ADD CONSTRAINT ceremonies_pkey PRIMARY KEY (id);


--
-- Name: challenges challenges_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.challenges
    ADD CONSTRAINT challenges_pkey PRIMARY KEY (id);


--
-- Name: clients clients_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (id);


--
-- Name: closings closings_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.closings
    ADD CONSTRAINT closings_pkey PRIMARY KEY (account);


--
-- Name: consents consents_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (account, client);


--
-- Name: devices devices_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (account, secret_hash);


--
-- Name: events events_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);


--
-- Name: grants grants_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.grants
    ADD CONSTRAINT grants_pkey PRIMARY KEY (id);


--
-- Name: identifiers identifiers_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.identifiers
    ADD CONSTRAINT identifiers_pkey PRIMARY KEY (account, "position");


--
-- Name: keyring keyring_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.keyring
    ADD CONSTRAINT keyring_pkey PRIMARY KEY (id);


--
-- Name: lanes lanes_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT lanes_pkey PRIMARY KEY (fingerprint, kind);


--
-- Name: marks marks_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.marks
    ADD CONSTRAINT marks_pkey PRIMARY KEY (key_hash, purpose);


--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);


--
-- Name: nobody nobody_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.nobody
    ADD CONSTRAINT nobody_pkey PRIMARY KEY (id);


--
-- Name: rates rates_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.rates
    ADD CONSTRAINT rates_pkey PRIMARY KEY (key);


--
-- Name: record_links record_links_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.record_links
    ADD CONSTRAINT record_links_pkey PRIMARY KEY (account, fingerprint);


--
-- Name: recoveries recoveries_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.recoveries
    ADD CONSTRAINT recoveries_pkey PRIMARY KEY (id);


--
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (id);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);


--
-- Name: signals signals_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.signals
    ADD CONSTRAINT signals_pkey PRIMARY KEY (id);


--
-- Name: terms_accepted terms_accepted_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.terms_accepted
    ADD CONSTRAINT terms_accepted_pkey PRIMARY KEY (account, version);


--
-- Name: usernames_given usernames_given_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.usernames_given
    ADD CONSTRAINT usernames_given_pkey PRIMARY KEY (fingerprint);


--
-- Name: activations_over; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX activations_over ON public.activations USING btree (LEAST(expires_at, revoked_at, used_at));


--
-- Name: activations_record; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX activations_record ON public.activations USING btree (fingerprint, issued_at);


--
-- Name: authenticators_account; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX authenticators_account ON public.authenticators USING btree (account, created_at, id);


--
-- Name: budgets_until; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX budgets_until ON public.budgets USING btree (until);


--
-- Name: ceremonies_deadline; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX ceremonies_deadline ON public.ceremonies USING btree (deadline);


--
-- Name: challenges_expires; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX challenges_expires ON public.challenges USING btree (expires_at);


--
-- Name: clients_reporting; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX clients_reporting ON public.clients USING btree (reports_activity) WHERE (reports_activity AND (disabled_at IS NULL));


--
-- Name: closings_notice; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX closings_notice ON public.closings USING btree (notice_at);


--
-- Name: consents_client; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX consents_client ON public.consents USING btree (client);


--
-- Name: devices_sweep; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX devices_sweep ON public.devices USING btree (sweep_at);


--
-- Name: events_account; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX events_account ON public.events USING btree (account, seq) WHERE (account <> ''::text);


--
-- Name: grants_account; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX grants_account ON public.grants USING btree (account);


--
-- Name: grants_code; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX grants_code ON public.grants USING hash (code_hash);


--
-- Name: grants_session; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX grants_session ON public.grants USING btree (session);


--
-- Name: grants_sweep; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX grants_sweep ON public.grants USING btree (sweep_at);


--
-- Name: identifiers_fingerprint; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX identifiers_fingerprint ON public.identifiers USING btree (fingerprint, kind);


--
-- Name: identifiers_username; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE UNIQUE INDEX identifiers_username ON public.identifiers USING btree (fingerprint) WHERE (kind = 'username'::text);


--
-- Name: lanes_sweep; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX lanes_sweep ON public.lanes USING btree (sweep_at);


--
-- Name: marks_until; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX marks_until ON public.marks USING btree (until);


--
-- Name: messages_challenge; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX messages_challenge ON public.messages USING btree (challenge, at) WHERE (challenge <> ''::text);


--
-- Name: messages_due; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX messages_due ON public.messages USING btree (channel, due) WHERE (settled_at IS NULL);


--
-- Name: messages_expires; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX messages_expires ON public.messages USING btree (expires) WHERE (settled_at IS NULL);


--
-- Name: messages_ref; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX messages_ref ON public.messages USING btree (ref) WHERE (ref <> ''::text);


--
-- Name: messages_settled; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX messages_settled ON public.messages USING btree (settled_at) WHERE (settled_at IS NOT NULL);


--
-- Name: rates_sweep; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX rates_sweep ON public.rates USING btree (sweep_at);


--
-- Name: record_links_granted; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX record_links_granted ON public.record_links USING btree (granted_by) WHERE (granted_by <> ''::text);


--
-- Name: record_links_record; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX record_links_record ON public.record_links USING btree (fingerprint);


--
-- Name: record_links_until; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX record_links_until ON public.record_links USING btree (until) WHERE (until IS NOT NULL);


--
-- Name: recoveries_account; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX recoveries_account ON public.recoveries USING btree (account);


--
-- Name: recoveries_notice; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX recoveries_notice ON public.recoveries USING btree (notice_at) WHERE ((ended_at IS NULL) AND (notice_at IS NOT NULL));


--
-- Name: recoveries_over; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX recoveries_over ON public.recoveries USING btree (LEAST(expires_at, ended_at));


--
-- Name: recoveries_pending; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE UNIQUE INDEX recoveries_pending ON public.recoveries USING btree (account) WHERE (ended_at IS NULL);


--
-- Name: sessions_account; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_account ON public.sessions USING btree (account);


--
-- Name: sessions_expiring; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_expiring ON public.sessions USING btree (ends_at) WHERE (ended_at IS NULL);


--
-- Name: sessions_over; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_over ON public.sessions USING btree (LEAST(ends_at, ended_at));


--
-- Name: sessions_secret; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_secret ON public.sessions USING hash (secret_hash);


--
-- Name: signals_at; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX signals_at ON public.signals USING btree (at);


--
-- Name: signals_due; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX signals_due ON public.signals USING btree (due) WHERE (settled_at IS NULL);


--
-- Name: signals_once; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE UNIQUE INDEX signals_once ON public.signals USING btree (session, client, kind);


--
-- Name: accounts accounts_shut; Type: TRIGGER; Schema: public; Owner: gatehouse
--

CREATE TRIGGER accounts_shut AFTER UPDATE OF status ON public.accounts FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) AND (new.status <> 'active'::text))) EXECUTE FUNCTION public.accounts_shut();


--
-- Name: events events_append_only; Type: TRIGGER; Schema: public; Owner: gatehouse
--

CREATE TRIGGER events_append_only BEFORE UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION public.events_append_only();


--
-- Name: identifiers identifiers_username_given; Type: TRIGGER; Schema: public; Owner: gatehouse
--

CREATE TRIGGER identifiers_username_given BEFORE INSERT ON public.identifiers FOR EACH ROW WHEN ((new.kind = 'username'::text)) EXECUTE FUNCTION public.identifiers_username_given();


--
-- Name: sessions sessions_signal; Type: TRIGGER; Schema: public; Owner: gatehouse
--

CREATE TRIGGER sessions_signal AFTER UPDATE OF ended_at ON public.sessions FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION public.sessions_signal();


--
-- Name: authenticators authenticators_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.authenticators
    ADD CONSTRAINT authenticators_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);


--
-- Name: consents consents_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);


--
-- Name: consents consents_client_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_client_fkey FOREIGN KEY (client) REFERENCES public.clients(id);


--
-- Name: identifiers identifiers_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.identifiers
    ADD CONSTRAINT identifiers_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);


--
-- Name: record_links record_links_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.record_links
    ADD CONSTRAINT record_links_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);


--
-- Name: terms_accepted terms_accepted_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.terms_accepted
    ADD CONSTRAINT terms_accepted_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);


--
-- PostgreSQL database dump complete
--

\unrestrict Y4Cc9SHod2PRuQboRYuOojEaTW2pa2R4UbmF1CW4hELiYD0y4PPd6r7TwdB2Mui

