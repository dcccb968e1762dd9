"""A program that answers as an OPA does, or as one that has gone wrong: the first part of the path says how.

`/<way>/v1/…` is the API; what `/<way>/seen` gives is for the tests: what is held, what was asked, by whom.
"""

from __future__ import annotations

import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

EVALUATION = "error(s) occurred while evaluating query"
SEEN: dict[str, dict[str, Any]] = {}


class Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        _, way, rest = urlsplit(self.path).path.split("/", 2)
        seen = SEEN.setdefault(way, {"policies": {}, "data": [], "requests": [], "tokens": [], "batches": []})
        if rest == "seen":
            self.say(200, seen)
            return
        seen["requests"].append(f"{self.command} /{rest}")
        token = self.headers.get("Authorization")
        if token not in seen["tokens"]:
            seen["tokens"].append(token)
        if rest.startswith("v1/policies/"):
            self.policy(way, seen, rest.removeprefix("v1/policies/"), body)
        elif rest.endswith("/about/answer"):
            self.about(way, seen)
        elif rest.endswith("/ask/answers"):
            self.ask(way, seen, json.loads(body)["input"])
        else:
            self.data(seen, rest.removeprefix("v1/data/"))

    def policy(self, way: str, seen: dict[str, Any], raw: str, body: str) -> None:
        name = unquote(raw)
        if way == "unauthorized":
            self.say(401, {"code": "unauthorized", "message": "request rejected by administrative policy"})
        elif way == "elsewhere":
            self.say(307, {}, Location="/landed/" + self.path.split("/", 2)[2])
        elif way == "page":
            self.send(502, b"<html>Bad Gateway</html>", "text/html")
        elif way == "other":
            self.say(404, {"error": "not found"})
        elif self.command == "DELETE":
            if way == "stuck":
                self.say(500, {"code": "internal_error", "message": "the disk is full"})
                return
            known = seen["policies"].pop(name, None)
            self.say(200 if known else 404, {} if known else {"code": "resource_not_found", "message": "no such policy"})
        elif way == "owned":
            self.say(400, {"code": "invalid_parameter", "message": 'all paths owned by bundle "main"'})
        elif way == "picky" and "gitops_guard.house.named" in body:
            self.say(400, {"code": "invalid_parameter", "message": "error(s) occurred while compiling module(s)", "errors": [
                {"code": "rego_type_error", "message": "startswith: invalid argument(s)", "location": {"file": name, "row": 10, "col": 1}}]})
        else:
            seen["policies"][name] = body
            self.say(200, {})

    def about(self, way: str, seen: dict[str, Any]) -> None:
        text = next(text for name, text in seen["policies"].items() if name.endswith("/about.rego"))
        proof = re.search(r'"proof": "(\w+)"', text)
        if way == "stalled" and seen["batches"]:
            time.sleep(30)
        self.say(200, {"result": {"version": "0.70.0" if way == "old" else "1.9.0", "proof": "" if way == "liar" else proof and proof[1]}})

    def ask(self, way: str, seen: dict[str, Any], given: dict[str, Any]) -> None:
        asked = [(rule.split(".")[-2], question["input"]["object"]["metadata"]["name"])
                 for question in given["questions"] for rule in question["rules"]]
        names = [name for _rule, name in asked]
        seen["batches"].append([f"{rule} {name}" for rule, name in asked])
        if way.startswith(("slow", "stalled")) and "b" in names:
            time.sleep(30)
        elif way == "drips" and "b" in names:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(300):
                self.wfile.write(b" ")
                time.sleep(0.1)
        elif way == "drops" and "b" in names:
            self.close_connection = True
        elif way == "undefined":
            self.say(200, {"warning": {"code": "api_usage_warning"}})
        elif way == "short":
            self.say(200, {"result": [[[[]]]]})
        elif way == "broken":
            self.say(500, {"code": "internal_error", "message": 'no space for "hunter2"'})
        elif way == "full":
            self.say(429, {"code": "too_many_requests", "message": "too many requests"})
        elif way == "fails" and "b" in names:
            file = next(name for name, text in seen["policies"].items() if "gitops_guard.house.named" in text and "/ask" not in name)
            self.say(500, {"code": "internal_error", "message": EVALUATION, "errors": [
                {"code": "eval_builtin_error", "message": 'to_number: strconv.ParseFloat: parsing "hunter2"', "location": {"file": file, "row": 10, "col": 3}}]})
        else:
            self.say(200, {"result": [[[[{"msg": f"stub {question['input']['object']['metadata']['name']}"}]] for _rule in question["rules"]]
                                      for question in given["questions"]]})

    def data(self, seen: dict[str, Any], path: str) -> None:
        if self.command == "PUT":
            seen["data"].append(path)
        elif self.command == "DELETE":
            seen["data"] = [held for held in seen["data"] if not held.startswith(path)]
        self.send(204, b"", "application/json")

    def say(self, code: int, value: Any, **headers: str) -> None:
        self.send(code, json.dumps(value).encode(), "application/json", **headers)

    def send(self, code: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    part = Path(sys.argv[1]).with_suffix(".part")
    part.write_text(str(server.server_address[1]))
    part.rename(sys.argv[1])
    server.serve_forever()
