"""Projects with something wrong in them: case -> file -> content. Each shows the messages of one kind of mistake."""

# ruff: noqa: E501 - a line of a file stands on one line

GOOD = "says: Meetings are planned by the scheduling agent.\nexpected: schedule\nauthored: [move my 3pm to thursday]\n"

CASES: dict[str, dict[str, bytes]] = {
    name: {file: text.encode() for file, text in files.items()}
    for name, files in {
        "aliases": {"synthloop.yaml": "seed: *missing\nvariants: &v {a: *v}\n", "behaviors/a.yaml": GOOD},
        "broken_yaml": {
            "synthloop.yaml": "gate: {accuracy: 0.9\nseed: 7\n",
            "behaviors/brace.yaml": GOOD.replace("authored", "templates:\n  - {verb} a call\nauthored"),
            "behaviors/colon.yaml": "says: Note: this breaks\n",
            "behaviors/quote.yaml": "says: 'never closed\n",
            "behaviors/special.yaml": "says: @home\n",
            "behaviors/tab.yaml": "says: A\nparameters:\n\tverb: [book]\n",
            "behaviors/two.yaml": f"{GOOD}---\n{GOOD}",
        },
        "duplicate_names_and_texts": {
            "synthloop.yaml": "seed: 7\n",
            "behaviors/Plan.yaml": GOOD + "weight: 2\nweight: 3\n",
            "behaviors/more/plan.yaml": "says: A\nexpected: b\nauthored: [hello, move my  3pm to thursday, hello]\n",
        },
        "empty_files": {"synthloop.yaml": "\ufeff# nothing yet\n", "behaviors/a.yaml": "", "behaviors/b.yaml": "\n\n"},
        "encodings": {"synthloop.yaml": "\ufeffseed: 7\n"},
        "folder_empty": {"synthloop.yaml": "behaviors: cases\n", "cases/notes.txt": "not YAML"},
        "folder_missing": {"synthloop.yaml": "behaviors: behaviours\n"},
        "no_project": {},
        "unknown_components": {
            "synthloop.yaml": (
                "noise:\n  noisers: [typo, {casing: {rates: 0.3}}, {keyboard: {rate: 3}}]\n"
                "validators:\n  - length: {max_chars: many}\n  - mychecks:no_slang\n  - json:dumped\n"
                "scorers: [labl, label, label, {pattern: {}}]\n"
            ),
            "behaviors/a.yaml": GOOD,
        },
        "unknown_metrics": {
            "synthloop.yaml": (
                "scorers: [label, latency]\ngate:\n  acuracy: 0.8\n  f1:shedule: 0.9\n  recall:schedule: 0.9\n  label.macro_f1: 0.7\n"
                "  mean:latncy: {at_most: 2}\n  latency_p99: {at_most: 2}\n  pass^3: 0.7\n  quality: 0.8\n  margins: 0.1\n"
            ),
            "behaviors/a.yaml": GOOD,
        },
        "unknown_keys": {
            "synthloop.yaml": "sed: 7\ngenerate: {acepted: 3}\nbehavior: x\nmodel: gpt\nnoise: {sahre: 1}\nsplit: {test: 0.2}\n",
            "behaviors/a.yaml": GOOD.replace("expected", "expects") + "templats: []\n",
            "behaviors/b.yaml": "says: B\nauthored: [{txt: hi}]\nparameters: {day: {type: date, from: 2026-01-01, until: 2026-02-01}}\n",
        },
        "wrong_types": {
            "synthloop.yaml": (
                "seed: seven\ngenerate: {accepted: 0, covering: 9, template_share: 70}\nsplit: {train: 0.9, dev: 0.2, holdout: 0.2}\n"
                "gate: {accuracy: high, behaviors: {plan: 0.9, a: 90}, macro_f1: {}, no_regression: 'yes'}\nbudget: {calls: 1.5, minutes: -1}\n"
                "noise: {profile: missing.json, lexicon: words.yaml}\nvalidators: length\n"
            ),
            "words.yaml": "soon: [in a bit]\nhello: {a: b}\n",
            "behaviors/a.yaml": "says: [a, b]\nweight: heavy\nauthored: hello\nparameters: {day: tomorrow, verb: {a: 0, b: x}, c: []}\nat_least: 90\n",
            "behaviors/b.yaml": "- says: B\n",
            "behaviors/c.yaml": 'says: ""\nauthored: ["\\0", {text: 3, messages: []}]\n',
        },
        "apps": {
            "synthloop.yaml": "app: somewhere\nscorers: [[label], {label: 3}]\nvariants: {app: {variables: {a: 1}}, b: {python: missing.module:route}}\nvalidators: [lenght]\n",
            "behaviors/a.yaml": GOOD,
        },
        "apps_calls": {
            "synthloop.yaml": (
                "app: {python: nowhere:route, http: {url: 'http://x/'}, files: ['prompts/*.txt', /etc/hosts]}\n"
                "variants: {app: {variables: {a: 1}}, b: {isolate: true}}\n"
            ),
            "behaviors/a.yaml": GOOD,
        },
        "apps_usage": {
            "synthloop.yaml": (
                "app: {http: {url: 'https://x.example/', usage: {tokens_in: usage.read}}}\n"
                "variants: {b: {command: {run: [cat], usage: {cost_usd: cost}}}, c: {http: {url: 'https://x.example/', usage: {cost_usd: cost}}}}\n"
            ),
            "behaviors/a.yaml": GOOD,
        },
        "apps_conversing": {
            "synthloop.yaml": (
                "app:\n  http:\n    url: https://x.example/\n    reply: {state: state}\n    end: {url: 'https://x.example/end?api_key=93jd93jd'}\n"
                "variants:\n  b: {command: {run: [cat, '{text}'], session: true}}\n  c: {command: {run: [cat], reply: {state: state}}}\n"
                "  d: {chat: {model: large, system: prompts/shop.md, tools: 'nowhere:make'}}\n"
            ),
            "behaviors/a.yaml": GOOD,
        },
        "secrets": {
            "synthloop.yaml": (
                "app:\n  http:\n    url: https://me:hunter22@api.example.com/v1?api_key=93jd93jd\n    headers:\n"
                "      Authorization: Bearer 8f7e6d5c4b3a29180716f5e4d3c2b1a0\n      X-Api-Key: hunter22\n"
                "      X-Tenant: ${TENANT}\n      Accept: application/json\n    body: {key: sk-abcdefgh12345678}\n"
            ),
            "behaviors/a.yaml": GOOD,
        },
        "parameters": {
            "synthloop.yaml": "seed: 7\n",
            "behaviors/conditions.yaml": (
                "says: A\nexpected: a\ntemplates: ['{kind} {when} {length}']\nparameters:\n  kind: [call, review]\n"
                "  when: {given: kind, call: [today], reviw: [later]}\n  length:\n    cases:\n      - {if: {kind: call, lenght: x}, then: [short]}\n"
                "  place: {given: kindd, call: [here], otherwise: [there]}\n"
                "constraints:\n  - {if: {kind: meeting}, then: {when: [today]}}\n  - {not: {knd: call}}\n"
            ),
            "behaviors/cycle.yaml": (
                "says: B\nexpected: b\ntemplates: ['{a} {b} {c}']\nparameters:\n  a: {given: b, x: [y], otherwise: [z]}\n"
                "  b: {given: c, x: [y], otherwise: [x]}\n  c: {given: a, y: [z], otherwise: [x]}\n"
            ),
            "behaviors/exclude.yaml": (
                "says: C\nexpected: c\ntemplates: ['{a} {b}']\nparameters: {a: [x, y], b: [x, y]}\nconstraints:\n"
                "  - {if: {a: x}, then: {b: y}}\n  - {if: {a: y}, then: {b: y}}\n  - {not: {b: y}}\n"
            ),
            "behaviors/ranges.yaml": (
                "says: D\nexpected: d\ntemplates: ['{a} {b} {c} {d}']\nparameters:\n  a: {type: integer, from: 9, to: 1, step: 0.5}\n"
                "  b: {type: date, from: 2026-13-01, to: 2026-12-31}\n  c: {type: time, from: 9:00, to: 17:30, format: late}\n"
                "  d: {type: number, from: 1, to: 2, format: q}\n"
            ),
            "behaviors/templates.yaml": (
                "says: E\nexpected: e\ntemplates:\n  - '{verb} a {lenght} call'\n  - '{verb a call'\n  - '{day}'\nparameters: {verb: [book, book], length: [short]}\n"
            ),
        },
        "samples": {
            "synthloop.yaml": "seed: 7\n",
            "behaviors/a.yaml": (
                "says: A\nexpected: a\nauthored:\n  - {text: hi, messages: [{user: hi}]}\n  - {messages: [{user: hi, app: ho}, {user: ha}]}\n"
                "  - {messages: [{user: hi}, {app: hello}]}\n  - {}\n"
            ),
            "behaviors/b.yaml": "says: B\nexpected: b\nattributes: {split: x}\nauthored: [{text: call Ana, protected: [Anna]}]\n",
            "behaviors/c d.yaml": "says: C\n",
            "behaviors/e.yaml": "says: E\nexpected: e\nscorers: [lable]\nauthored: [what]\n",
        },
        "own_validator": {
            "synthloop.yaml": "validators: [length: {max_chars: 10}]\n",
            "behaviors/a.yaml": GOOD + "scorers: [lable]\n",
        },
    }.items()
}

CASES["encodings"] |= {
    "behaviors/bom.yaml": ("\ufeff" + GOOD).encode(),
    "behaviors/control.yaml": b"says: ring \x07 the bell\n",
    "behaviors/latin1.yaml": "says: A\nexpected: caf\u00e9\n".encode("latin-1"),
    "behaviors/long.yaml": b"says: A\nexpected: a\nauthored: [" + b"x" * 10_000_000 + b"]\n",
    "behaviors/nul.yaml": b"says: A\nexpected: a\x00b\n",
    "behaviors/utf16.yaml": GOOD.encode("utf-16"),
    "behaviors/utf16_no_bom.yaml": GOOD.encode("utf-16-le"),
}

__all__ = ["CASES", "GOOD"]
