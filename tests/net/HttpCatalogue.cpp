// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/HttpCatalogue.h"

#include <algorithm>

namespace tw::test {

namespace {

const std::string kHost = "Host: a\r\n";

std::string get(const std::string &fields)
{
    return "GET / HTTP/1.1\r\n" + kHost + fields + "\r\n";
}

std::string post(const std::string &fields, const std::string &body = {})
{
    return "POST /x HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}

std::string chunked(const std::string &body)
{
    return post("Transfer-Encoding: chunked\r\n", body);
}

std::string line(const std::string &requestLine)
{
    return requestLine + "\r\n" + kHost + "\r\n";
}

void append(std::vector<WireCase> &all, std::vector<WireCase> more)
{
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

std::vector<WireCase> goodCases()
{
    const std::string bytes("\0\r\n\xff\x01{}\n\n", 9);
    return {
        {"a plain GET is accepted", get(""), {200}, ""},
        {"a body with a length is accepted",
         post("Content-Length: 5\r\n", "hello"),
         {200},
         "hello"},
        {"an empty body with length 0 is accepted", post("Content-Length: 0\r\n"), {200}, ""},
        {"a POST without length has no body", post(""), {200}, ""},
        {"a body keeps every byte", post("Content-Length: 9\r\n", bytes), {200}, bytes},
        {"chunks are joined", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), {200}, "abcde"},
        {"an empty chunked body is accepted", chunked("0\r\n\r\n"), {200}, ""},
        {"chunk sizes may have leading zeros and letters in both cases",
         chunked("00A\r\n0123456789\r\n0a\r\n0123456789\r\n0\r\n\r\n"),
         {200},
         "01234567890123456789"},
        {"chunk extensions are ignored",
         chunked("3;a=b;c=\"d e\"\r\nabc\r\n0;z\r\n\r\n"),
         {200},
         "abc"},
        {"trailer fields are dropped", chunked("1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"), {200}, "x"},
        {"a chunk may hold CRLF and a fake end",
         chunked("7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n"),
         {200},
         std::string("0\r\n\r\n\r\n", 7)},
        {"Transfer-Encoding is read without regard to case",
         post("TRANSFER-encoding: Chunked\r\n", "1\r\nx\r\n0\r\n\r\n"),
         {200},
         "x"},
        {"two pipelined requests are answered", get("") + get(""), {200, 200}, ""},
        {"a request behind a body is found",
         post("Content-Length: 1\r\n", "a") + post("Content-Length: 1\r\n", "b"),
         {200, 200},
         "b"},
        {"a request behind a chunked body is found",
         chunked("1\r\na\r\n0\r\n\r\n") + post("Content-Length: 1\r\n", "b"),
         {200, 200},
         "b"},
        {"one empty line before a request is forgiven", "\r\n" + get(""), {200}, ""},
        {"HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", {200}, ""},
        {"the absolute form is a path on this server",
         line("GET http://other/x?y HTTP/1.1"),
         {200},
         ""},
        {"an absolute form without path means /", line("GET http://other HTTP/1.1"), {200}, ""},
        {"OPTIONS may ask for *", line("OPTIONS * HTTP/1.1"), {200}, ""},
        {"an encoded slash and dots stay as they are", line("GET /a%2F..%2Fb HTTP/1.1"), {200}, ""},
        {"field values may have tabs, spaces and UTF-8", get("X: a\tb c \xc3\xa4 \r\n"), {200}, ""},
        {"an empty field value is accepted", get("X:\r\nY: \r\n"), {200}, ""},
        {"unknown methods reach the handler", line("BREW / HTTP/1.1"), {200}, ""},
        {"a body of exactly the limit is accepted",
         post("Content-Length: 64\r\n", std::string(64, 'x')),
         {200},
         std::string(64, 'x')},
        {"Connection: close is honoured after the answer", get("Connection: close\r\n"), {200}, ""},
    };
}

std::vector<WireCase> smugglingCases()
{
    const std::string end = "0\r\n\r\n";
    return {
        {"length and chunked together are refused",
         post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", end),
         {400},
         ""},
        {"chunked and length together are refused",
         post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", end),
         {400},
         ""},
        {"two different lengths are refused",
         post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
         {400},
         ""},
        {"two equal lengths are refused",
         post("Content-Length: 1\r\nContent-Length: 1\r\n", "a"),
         {400},
         ""},
        {"a list of lengths is refused", post("Content-Length: 1, 1\r\n", "a"), {400}, ""},
        {"a signed length is refused", post("Content-Length: +1\r\n", "a"), {400}, ""},
        {"a negative length is refused", post("Content-Length: -1\r\n", "a"), {400}, ""},
        {"a hexadecimal length is refused", post("Content-Length: 0x1\r\n", "a"), {400}, ""},
        {"an empty length is refused", post("Content-Length:\r\n", "a"), {400}, ""},
        {"a length above 64 bits is refused",
         post("Content-Length: 99999999999999999999999\r\n", "a"),
         {400},
         ""},
        {"chunked twice is refused",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", end),
         {400},
         ""},
        {"chunked, chunked is not known",
         post("Transfer-Encoding: chunked, chunked\r\n", end),
         {501},
         ""},
        {"gzip before chunked is not known",
         post("Transfer-Encoding: gzip, chunked\r\n", end),
         {501},
         ""},
        {"identity is not known", post("Transfer-Encoding: identity\r\n", ""), {501}, ""},
        {"a decorated chunked is not known",
         post("Transfer-Encoding: \vchunked\r\n", end),
         {400},
         ""},
        {"xchunked is not known", post("Transfer-Encoding: xchunked\r\n", end), {501}, ""},
        {"chunked in HTTP/1.0 is refused",
         "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + end,
         {400},
         ""},
        {"a space before the colon is refused", post("Content-Length : 1\r\n", "a"), {400}, ""},
        {"a folded line is refused", get("X: a\r\n b\r\n"), {400}, ""},
        {"a folded first line is refused", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", {400}, ""},
        {"a bare line feed between fields is refused",
         "GET / HTTP/1.1\nHost: a\r\n\r\n",
         {400},
         ""},
        {"a bare carriage return in a value is refused", get("X: a\rb\r\n"), {400}, ""},
        {"a NUL in a value is refused", get(std::string("X: a\0b\r\n", 8)), {400}, ""},
        {"a NUL in a name is refused", get(std::string("X\0: a\r\n", 7)), {400}, ""},
        {"DEL in a value is refused", get("X: \x7f\r\n"), {400}, ""},
        {"a field without colon is refused", get("Nonsense\r\n"), {400}, ""},
        {"a field without name is refused", get(": x\r\n"), {400}, ""},
        {"a name with a space is refused", get("A B: x\r\n"), {400}, ""},
        {"no Host in HTTP/1.1 is refused", "GET / HTTP/1.1\r\n\r\n", {400}, ""},
        {"two Hosts are refused", get("Host: b\r\n"), {400}, ""},
        {"a Host with a path is refused", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}, ""},
        {"a bad request behind a good one is refused", get("") + get("A B: x\r\n"), {200, 400}, ""},
    };
}

std::vector<WireCase> malformedCases()
{
    return {
        {"a chunk size that is no number is refused", chunked("zz\r\nabc\r\n0\r\n\r\n"), {400}, ""},
        {"a chunk size with 0x is refused", chunked("0x3\r\nabc\r\n0\r\n\r\n"), {400}, ""},
        {"a negative chunk size is refused", chunked("-3\r\nabc\r\n0\r\n\r\n"), {400}, ""},
        {"a chunk longer than its size is refused", chunked("2\r\nabc\r\n0\r\n\r\n"), {400}, ""},
        {"a chunk size above 64 bits is refused",
         chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
         {400},
         ""},
        {"a chunk line that ends in a bare line feed is refused",
         chunked("3\nabc\r\n0\r\n\r\n"),
         {400},
         ""},
        {"a chunk extension with a control character is refused",
         chunked("3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"),
         {400},
         ""},
        {"a broken trailer is refused", chunked("0\r\nA B: c\r\n\r\n"), {400}, ""},
        {"a chunked body above the limit is refused",
         chunked("40\r\n" + std::string(64, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n"),
         {413},
         ""},
        {"a huge chunk is refused before it comes", chunked("7fffffff\r\nx"), {413}, ""},
        {"a length above the limit is refused before the body comes",
         post("Content-Length: 65\r\n"),
         {413},
         ""},
        {"endless chunk extensions are refused",
         chunked("1;" + std::string(600, 'a') + "\r\nx\r\n0\r\n\r\n"),
         {431},
         ""},
        {"a head above the limit is refused",
         get("X: " + std::string(600, 'a') + "\r\n"),
         {431},
         ""},
        {"a head that never ends is refused", "GET /" + std::string(600, 'a'), {431}, ""},
        {"too many fields are refused",
         get([] {
             std::string fields;
             for (int i = 0; i < 21; ++i)
                 fields += "X: y\r\n";
             return fields;
         }()),
         {431},
         ""},
        {"HTTP/2.0 is not spoken", line("GET / HTTP/2.0"), {505}, ""},
        {"HTTP/1.2 is not spoken", line("GET / HTTP/1.2"), {505}, ""},
        {"HTTP/0.9 is not spoken", line("GET / HTTP/0.9"), {505}, ""},
        {"a version in small letters is refused", line("GET / http/1.1"), {400}, ""},
        {"a version with more digits is refused", line("GET / HTTP/1.10"), {400}, ""},
        {"a request line without version is refused", line("GET /"), {400}, ""},
        {"a head that is only half a request line is refused", "GET / \r\n\r\n", {400}, ""},
        {"a head that is only a word is refused", "GET\r\n\r\n", {400}, ""},
        {"two spaces in the request line are refused", line("GET  / HTTP/1.1"), {400}, ""},
        {"a space behind the version is refused", line("GET / HTTP/1.1 "), {400}, ""},
        {"a space in the target is refused", line("GET /a b HTTP/1.1"), {400}, ""},
        {"a tab in the request line is refused", line("GET\t/ HTTP/1.1"), {400}, ""},
        {"a method with a colon is refused", line("GE:T / HTTP/1.1"), {400}, ""},
        {"a fragment in the target is refused", line("GET /#x HTTP/1.1"), {400}, ""},
        {"a target with raw UTF-8 is refused", line("GET /\xc3\xa4 HTTP/1.1"), {400}, ""},
        {"a target that is no path is refused", line("GET x HTTP/1.1"), {400}, ""},
        {"GET * is refused", line("GET * HTTP/1.1"), {400}, ""},
        {"CONNECT is not for us", line("CONNECT a:443 HTTP/1.1"), {400}, ""},
        {"CONNECT with a path is not for us", line("CONNECT /a HTTP/1.1"), {501}, ""},
        {"an unknown expectation is refused", get("Expect: tea\r\n"), {417}, ""},
        {"a TLS hello is refused",
         std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
         {400},
         ""},
        {"an empty method is refused", line(" / HTTP/1.1"), {400}, ""},
    };
}

} // namespace

std::vector<WireCase> wireCases()
{
    std::vector<WireCase> all = goodCases();
    append(all, smugglingCases());
    append(all, malformedCases());
    return all;
}

} // namespace tw::test
