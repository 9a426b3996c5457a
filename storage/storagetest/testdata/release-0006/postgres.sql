--
-- PostgreSQL database dump
--

\restrict 0zb6mtJLNNmwjiDL9LtLRDOBih4EzgAe5cFcJiN3lQDJu7ZaFSW5hGxdt1shRBC

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
-- Name: record_links; Type: TABLE; Schema: public; Owner: gatehouse
--

CREATE TABLE public.record_links (
    linked_at bigint NOT NULL,
    account text NOT NULL,
    fingerprint bytea NOT NULL,
    relation text NOT NULL,
    activation text NOT NULL,
    record bytea NOT NULL
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
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.accounts (status_at, created_at, updated_at, rev, id, status, profile) FROM stdin;
1930810026543210	1930810026543210	1930810027543210	1	AAAAAAAAAAAAAAAAAAAAAA	active	\\x01753464667335737aeb990c4f38566006cb26aa89c858de51f7724feeccf06414d4791a1dd9fdb33da1ea1ec0d60968096deb6070cd8622d5728d441237585b77dceb21802e82cc96bcf63b6300a4ec507bbfa0a91c6451e9b12d807d0d61ef2ff3fce3
\.


--
-- Data for Name: activations; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.activations (issued_at, expires_at, revoked_at, used_at, id, code_hash, fingerprint, relation, revoked_why, used_by, invitation) FROM stdin;
1930810026543210	1933402026543210	\N	\N	kept open	\\x636f6465206f66206b657074206f70656e	\\x05762d27b0a3885ab01604bdec2c581b9e7ef35c32457914c92824df49835112	self			\\x01753464667335737a5afa93283d687accb124701b8dc1c80282a5359d818e0ee1f7a56cae2deb1464593252dca5a9d743760fddb27486f05f314b4ad98f014a9bd8c808fd28c3adb46c79e8e743eafda2fd9e8cb4f7f4a19cb31ad44b8c81edf9b0b9d3ab7bd2b38a62404963de1df59e96fc8b9eed24dacf223f0858663a1872c4f8d77bf95db69587742bf989a2d21133964aaefc6b6e5fcce9df64bc41399589c0a2f5b01b9494f56158ff60e5640ab1be51b12b550850e58392f2b6f3bd972aa9289ecb302de165efc5a3e883bb12c51084fb742ee06600395fb372614dfc3d7d
1930810026543210	1933402026543210	\N	1930810026543210	kept used	\\x636f6465206f66206b6570742075736564	\\x9c4b68591673bf0a1f23371fb21fe594c6c34a4e8919434473f30668df0491a6	self		AAAAAAAAAAAAAAAAAAAAAA	\\x01753464667335737a3e2af99ae8aef945bbfc716c171ac8de67479568e9c23b5b02269964753f65c3e068d810942e6e739e4b303286c1e6962239ebc3d8729157738be425aaf4132ed78568d9b539fdb0ac35cb61d7291139383e0b9d9e1a69e021ebcc604fada2eab76055489aa1afe961b6f6ef4c73c5312805eca2757082f2358e296e36382b10e7596376c63fcf55bd7c1a73aa9bc0ec1e420a5edc9f633cf7f92d1c72fa18513d693dc4343f9d883fd8c74ec0543fc5d1335e238d35b9b51f84560e30f993e24bb933f43825b60e5b349a9eced1affed8abb6bf4dcc3f086ce7
\.


--
-- Data for Name: authenticators; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.authenticators (created_at, used_at, rev, failures, id, account, kind, change_owed, data, step, name) FROM stdin;
1930810026543210	1930810026543210	2	0	kept password	AAAAAAAAAAAAAAAAAAAAAA	password		\\x01753464667335737a50f65b741da5148fb4e567075250b642e2a72404955fd71bf27c6328cd0f836669b841cc2146c993a0fcc602	0	\N
1930810086543210	\N	1	0	kept app	AAAAAAAAAAAAAAAAAAAAAA	totp		\\x01753464667335737a7015622e5aff455a2de6bf569f6028ee6f4592d1375e4c765f53b3ad008582dbd242388f51e6bfb4	57	\\x01753464667335737acb2de26e288cfcc905d18fe0a68822d61ec637a47247e7f94e7624395285c0fda19d878a87b07b
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
1930810026543210	1930810626543210	\N	1	5	DDDDDDDDDDDDDDDDDDDDDA	AAAAAAAAAAAAAAAAAAAAAA	a1	text	\\x01753464667335737a3868f5c48f58ce12c1848cc93e4c255d0b66c31a46a4d1991273beb58c29d34ab9076bfbff
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
11	1930810026543210	activation.issued					house	{"why":"test"}
12	1930810026543210	activation.issued					house	{"why":"test"}
13	1930810026543210	record.joined					house	{"why":"test"}
14	1930810026543210	recovery.started					house	{"why":"test"}
15	1930810026543210	told					house	{"why":"test"}
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
\N	0	AAAAAAAAAAAAAAAAAAAAAA	username	\\x2364843ec6cca94115a26227082a18cf7a3f90ef46b9c04bcadf24c5729e63b2	\\x01753464667335737a8c095c06655a1a4bf862fa02df675955736371b83042f691ae58bfa65b82d64a3a108ad06461ff5254075be9594a2e06e20566e0336dc2d8e566de956810466de6a3b2500d8b4a
1930810086543210	1	AAAAAAAAAAAAAAAAAAAAAA	email	\\x01f86c89c839af2ec447d299d042d7e711d61b461208faf14474a4d1a8c4851d	\\x01753464667335737a6715f4c8321b57c6012b66d6271cf8ba944e0c3c70e74829bf36c73f40ce9fe9dbf483e13a121d18a792f921fa1b02f20bc88222f20a7bb31224f9e8570e06eb0f366c35bbb23d6e3f33778b64736973c803e5eff0
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
1930813626543210	ceremony	\\xd98ee9961a733c87caa2f1a4f912cef916ca27ec769b30017dcb4d6c9a10ec0b
\.


--
-- Data for Name: messages; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.messages (at, expires, due, leased_until, settled_at, tries, id, state, channel, account, template, lang, challenge, lease, fault, ref, unsure, target, data) FROM stdin;
1930810086543210	1930810626543210	1930810086543210	0	\N	0	kept message	waiting	email	ada	M-01	es-419	DDDDDDDDDDDDDDDDDDDDDA					\\x01753464667335737abe72c8e9010f7cea6b87dcf30fa00d2fa767e55c4981a9bca8b2f12e7dce02b40698d338caf69f0aaf199f	\\x01753464667335737a52da9f12784b52acc3311b1afa2bd5bdd6c9421dd238b9a7ba6262e880ed284b9bdc48868abc5f3664a0cd3f58e499a4bbbe2d1b738498f56870f580e0d75f452e719780
1930810026543210	1930810626543210	1930810026543210	0	1930810026543210	1	1yJrFWgK5_0d6QVmH8Tb3A	sent	text	ada	M-01	es-419	settled			kept reference		\\x01753464667335737a961d85045983c6f3316d583036261fe8baf16f57daf17e325f5bf7b1e1fcc355e26018904f	\\x01753464667335737a34b8267f5ec070a849189166e1bf3bf8ad8abb80185a5350229214716e36a49d6f7005a0708e02a63a45a5f559551b7f064f328f7f7bfae734a253d5e623bb930d0bb6e5
1930810026543210	1930810626543210	1930810026543210	0	1930810026543210	0	kept for nobody	dropped	nobody	ada	M-01	es-419	of nobody					\\x01753464667335737ab6282386dba66d02c410e28457c96027aaf1192a89f2df8b7923da1a2c0a5b86f5d38ff93e	\\x01753464667335737a4ec69d96ca9e735fd722641d46b60e5b3e39963dedb4f522b12b9a77c58a56ad2261a6da6a6e2d0c8317e9a882d72a9bd1928d3b8a3eac8c72a61b80b64421ef62e2fea4
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

COPY public.record_links (linked_at, account, fingerprint, relation, activation, record) FROM stdin;
1930810026543210	AAAAAAAAAAAAAAAAAAAAAA	\\x9c4b68591673bf0a1f23371fb21fe594c6c34a4e8919434473f30668df0491a6	self	kept used	\\x01753464667335737ad81fcc338160e5f1ddb68ffd987bbaaa9b92cbfe3f10ef34fd5e7d3f5cc362409686afa0341041206c238acda491059895
\.


--
-- Data for Name: recoveries; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.recoveries (started_at, ready_at, expires_at, notice_at, ended_at, id, account, ended_why, contacts) FROM stdin;
1930810026543210	1931069226543210	1931414826543210	1930939626543210	\N	kept recovery	AAAAAAAAAAAAAAAAAAAAAA		\\x01753464667335737a3bff5838dc744cc05dc463fc5bc74611453739f0823968e4325a415b98e14ed426f3bd76587c3dbac4e62dea544ad4efcd2d496c58a043090d069f7140e70ed45f23cf6462b78a97e7883477bec1d17a33560bd434e0305532117cc48984b597bb6d41266b13b3cc9bd7aeb0801f72b8ebb26f5a9728bf4dedd5fe255708ab6c8dca687312a996c143037352eaaf258405caff6bf50e18133d2dd83bbdb9898c1fa71a9ac8c54a58ef815fe58e7acee20d72a67c9e8cc93b04c76b174465304591790f7202297ce19064ca37cfcd7e3be731aab4737f8182926b2659745adc26520e86c6818ed598172c27aa480ecb4c4072abe9a1de4d1b3933c5e79e5f025c1891c281391bf72da04e0c0eca33a9f8891f2b4bb1c6303f0f84b7ce2fdac94fbdcb5826b344bb86d5a3fc192622bdf6868c4b747da27189028285
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
1	0	t	2026-11-22 20:20:45.101075
2	1	t	2026-11-22 20:20:45.105432
3	2	t	2026-11-22 20:20:45.152088
4	3	t	2026-11-22 20:20:45.170633
5	4	t	2026-11-22 20:20:45.174921
6	5	t	2026-11-22 20:20:45.180343
7	6	t	2026-11-22 20:20:45.181593
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: gatehouse
--

COPY public.sessions (created_at, seen_at, ends_at, ended_at, rev, id, account, secret_hash, proofs, ended_why) FROM stdin;
1930810026543210	1930810026543210	1930853226543210	\N	1	BBBBBBBBBBBBBBBBBBBBBA	AAAAAAAAAAAAAAAAAAAAAA	\\x019bb44146d308316687c95ab76cb0c90ac5ed10c308b1d717e2b5f1532ca83a	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
1930810026543210	1930810026543210	1930853226543210	\N	1	Y5VcQYp3tiycCg2R4cR03g	AAAAAAAAAAAAAAAAAAAAAA	\\xe6c894267de779d2025a89aebb229a35ffc81e53a2c4a0ba8212cbcf5c075871	[{"authenticator":"a1","kind":"password","at":"2031-03-09T08:07:06.54321Z"}]	
\.


--
-- Name: events_seq_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.events_seq_seq', 15, true);


--
-- Name: schema_version_id_seq; Type: SEQUENCE SET; Schema: public; Owner: gatehouse
--

SELECT pg_catalog.setval('public.schema_version_id_seq', 7, true);


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
-- Name: record_links record_links_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: gatehouse
--

ALTER TABLE ONLY public.record_links
    ADD CONSTRAINT record_links_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);


--
-- PostgreSQL database dump complete
--

\unrestrict 0zb6mtJLNNmwjiDL9LtLRDOBih4EzgAe5cFcJiN3lQDJu7ZaFSW5hGxdt1shRBC

