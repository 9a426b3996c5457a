--
-- PostgreSQL database dump
--

\restrict SZ33tEWygySqQFVtYVfTFzWeXr27qzFCOOkOULzoxzh0fajJA3SdidN7wLMRCGT

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
    id_token_alg text NOT NULL
);


ALTER TABLE public.clients OWNER TO gatehouse;

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
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.accounts (status_at, created_at, updated_at, rev, id, status, profile) FROM stdin;
1930810026543210	1930810026543210	1930810027543210	1	AAAAAAAAAAAAAAAAAAAAAA	active	\\x01753464667335737ad95d4daafa4e2694d69a9bb1f4da6055c766b6a4681942a0da059fd14f1e467e5404c0f83ed03e294bcb446e728f7e6b44730a32c4fadf41f62532523d4c0a396f442d4772367d69aab20a335455113a1d676464caf495177f4245
\.


--
-- Data for Name: authenticators; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.authenticators (created_at, used_at, rev, failures, id, account, kind, change_owed, data, step, name) FROM stdin;
1930810026543210	1930810026543210	2	0	kept password	AAAAAAAAAAAAAAAAAAAAAA	password		\\x01753464667335737ab78b0d91dd7c89da24951e8398d467271e820ad84ede7898e92eaedc6ba2477189ec76c30eb861b2a3c5d2e2	0	\N
1930810086543210	\N	1	0	kept app	AAAAAAAAAAAAAAAAAAAAAA	totp		\\x01753464667335737ad2f213cb24c9897aedc1cb541373926103b7d9e6ddd4484ac717d3bab24be3747cfc6565f150bf8b	57	\\x01753464667335737a96a1477c64cd96b7859916033144a3e31a23dff1a6016866e3890803eac123bdf3f8f16e7db2e9
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
1930810026543210	1930810626543210	\N	1	5	DDDDDDDDDDDDDDDDDDDDDA	AAAAAAAAAAAAAAAAAAAAAA	a1	text	\\x01753464667335737a4b50765859ea4e59094e59f3333fd8ccbcd300642517b8213b112b2158dbbc58c04577f9f2
\.


--
-- Data for Name: clients; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.clients (created_at, disabled_at, rev, min_level, pkce_optional, first_party, rotate, id, name, secret_hash, auth_method, redirect_uris, post_logout_redirect_uris, grants, scopes, audience, id_token_alg) FROM stdin;
1930810026543210	\N	1	2	f	f	f	records	Client records	\\x68617368206f662074686520736563726574	client_secret_basic	["https://records.example.org/back"]	[]	["authorization_code"]	["openid","profile"]	["https://api.example.org"]	RS256
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
\.


--
-- Data for Name: grants; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.grants (auth_time, created_at, expires_at, code_expires_at, code_used_at, generation, rotated_at, revoked_at, sweep_at, offline, id, account, client, session, scopes, acr, amr, code_hash, redirect_uri, nonce, challenge, revoked_why) FROM stdin;
1930810026543210	1930810026543210	1933402026543210	1930810086543210	1930810027543210	1	1930810086543210	\N	1930896486543210	f	CCCCCCCCCCCCCCCCCCCCCA	AAAAAAAAAAAAAAAAAAAAAA	records	BBBBBBBBBBBBBBBBBBBBBA	["openid"]	urn:gatehouse:acr:two-step	["otp","pwd"]	\\xa2d5f2004d95248aba3779939392eccb5c6605eb721dde0578a2e95f326c3c4a	https://app.example.org/back	\\x6e2d30	\\x45394d656c686f61324f77	
\.


--
-- Data for Name: identifiers; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.identifiers (verified_at, "position", account, kind, fingerprint, name) FROM stdin;
\N	0	AAAAAAAAAAAAAAAAAAAAAA	username	\\x2364843ec6cca94115a26227082a18cf7a3f90ef46b9c04bcadf24c5729e63b2	\\x01753464667335737a8410b0eefdc304de2bb1ddff0712df1b3574f3f2f71a507e0aa7676d04be97119a6c181621e87e24a8a0b93300522086db15bc4c8f0b57ac5a8795d045ecc3a3fe77b94fdafc6c
1930810086543210	1	AAAAAAAAAAAAAAAAAAAAAA	email	\\x01f86c89c839af2ec447d299d042d7e711d61b461208faf14474a4d1a8c4851d	\\x01753464667335737a5b9f222482df5c1ea3f7ea643c3881eb7396f2941deb27d6e284186bc4a96c88dc23005907c6c95727bd8672383f4264e42c704f9e8cce001b6fd5a4f85c364bed7ec9c2ac5274911ef2513327100bccadcbdf9a8b
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
1930813626543210	ceremony	\\x36b33af9ab250962e35e09b83e8d2102c5ec082c7c51f8e2c0a51903fb3c4567
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.messages (at, expires, due, leased_until, settled_at, tries, id, state, channel, account, template, lang, challenge, lease, fault, ref, unsure, target, data) FROM stdin;
1930810086543210	1930810626543210	1930810086543210	0	\N	0	kept message	waiting	email	ada	M-01	es-419	DDDDDDDDDDDDDDDDDDDDDA					\\x01753464667335737aa5f8d9c2c3a4fa7c117f36578b5ddc5a579a059f99501a27cd22deac21480f22b92d97b2672c3d1f196320	\\x01753464667335737a398d40b9d03c167b5f2e447b617e474a4e603033591289b8d6e63b06c4beb729e89050bcae810f1565b7fe4125bf4dd8140c2d04eb4b6dee2c0570168be7f6d9ad1999bd
1930810026543210	1930810626543210	1930810026543210	0	1930810026543210	1	W_gPgQCdk-W_-mvosvqJDw	sent	text	ada	M-01	es-419	settled			kept reference		\\x01753464667335737a87e46f466baa9119a742f7e1802d5b2d15ba39d3ea82466d576de34a90a07150ce4e883170	\\x01753464667335737ae379f97d1c6a8986ee1876c5fa3c60c41f64d998527082ddc4e77570e103c294835969c010b4dd1caac045162db43214ee871db979308b496c416d2db59a1d9d1bc2d1a5
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
-- Data for Name: schema_serves; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.schema_serves (oldest) FROM stdin;
5
\.


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.schema_version (id, version_id, is_applied, tstamp) FROM stdin;
1	0	t	2026-11-22 19:13:13.252809
2	1	t	2026-11-22 19:13:13.26488
3	2	t	2026-11-22 19:13:13.551574
4	3	t	2026-11-22 19:13:13.684998
5	4	t	2026-11-22 19:13:13.691276
6	5	t	2026-11-22 19:13:13.707499
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.sessions (created_at, seen_at, ends_at, ended_at, rev, id, account, secret_hash, proofs, ended_why) FROM stdin;
1930810026543210	1930810026543210	1930853226543210	\N	1	BBBBBBBBBBBBBBBBBBBBBA	AAAAAAAAAAAAAAAAAAAAAA	\\x019bb44146d308316687c95ab76cb0c90ac5ed10c308b1d717e2b5f1532ca83a	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
1930810026543210	1930810026543210	1930853226543210	\N	1	mO67kxlFbljsbKaLLlHUVg	AAAAAAAAAAAAAAAAAAAAAA	\\x883113b0c3607558f866c9afab4845bdadc0b2c787f32bb00b86bfc3b295d1d6	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
\.


--
-- Name: events_seq_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.events_seq_seq', 10, true);


--
-- Name: schema_version_id_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.schema_version_id_seq', 6, true);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);


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
-- Name: sessions_account; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_account ON public.sessions USING btree (account);


--
-- Name: sessions_over; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_over ON public.sessions USING btree (LEAST(ends_at, ended_at));


--
-- Name: sessions_secret; Type: INDEX; Schema: public; Owner: gatehouse
--

CREATE INDEX sessions_secret ON public.sessions USING hash (secret_hash);


--
-- Name: events events_append_only; Type: TRIGGER; Schema: public; Owner: gatehouse
--

CREATE TRIGGER events_append_only BEFORE UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION public.events_append_only();


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
-- PostgreSQL database dump complete
--

\unrestrict SZ33tEWygySqQFVtYVfTFzWeXr27qzFCOOkOULzoxzh0fajJA3SdidN7wLMRCGT

