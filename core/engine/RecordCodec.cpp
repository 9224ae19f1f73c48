// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/RecordCodec.h"

#include "core/data/Json.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>

namespace tw {
namespace {

constexpr std::chrono::hours kKeep{90 * 24};

Error errorOf(const Value &value)
{
    Error error;
    error.kind = errorKindFromString(value.get("kind").text()).value_or(ErrorKind::Internal);
    error.code = value.get("code").text();
    error.message = value.get("message").text();
    error.evidence = value.get("evidence").text();
    return error;
}

std::string hexadecimal(std::uint64_t number)
{
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
    return digits;
}

std::uint64_t fromHexadecimal(std::string_view digits)
{
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return number;
}

bool isWordLetter(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '-'
        || letter == '@';
}

/// Ids, addresses and amounts have a digit or an @ in them; words of a sentence do not.
bool isParticular(std::string_view word)
{
    return std::any_of(word.begin(), word.end(), [](char letter) {
        return letter == '@' || (letter >= '0' && letter <= '9');
    });
}

} // namespace

std::string causeOf(const std::string &step, const Error &error)
{
    constexpr std::size_t kLongest = 200;
    std::string cause = step + ": " + error.code + ": ";
    const std::string_view message = error.message;
    for (std::size_t at = 0; at < message.size() && cause.size() < kLongest;) {
        std::size_t end = at;
        if (message[at] == '"') {
            end = message.find('"', at + 1);
            end = end == std::string_view::npos ? message.size() : end + 1;
            cause += "\"…\"";
        } else if (isWordLetter(message[at])) {
            while (end < message.size() && isWordLetter(message[end]))
                ++end;
            const std::string_view word = message.substr(at, end - at);
            cause += isParticular(word) ? std::string_view("#") : word;
        } else {
            cause += message[end++];
        }
        at = end;
    }
    return cause;
}

std::string jsonText(const DocumentPtr &message)
{
    std::string text;
    appendJson(text, message ? message->root() : Value::null());
    return text.empty() ? "null" : text;
}

std::string encodeOutputs(const std::vector<StepAnswer::Output> &outputs)
{
    std::string json = "[";
    for (const auto &output : outputs) {
        json += json.size() > 1 ? ",{\"exit\":" : "{\"exit\":";
        appendJson(json, Value::string(output.exit));
        json += ",\"message\":" + jsonText(output.message) + '}';
    }
    return json + ']';
}

Result<std::vector<StepAnswer::Output>> decodeOutputs(const std::string &json)
{
    std::vector<StepAnswer::Output> outputs;
    if (json.empty())
        return outputs;
    auto parsed = parseJson(json);
    if (!parsed)
        return std::move(parsed).error();
    for (const Value &item : parsed->root().items()) {
        Document message;
        message.setRoot(copyInto(message.arena(), item.get("message")));
        outputs.push_back({std::string(item.get("exit").text()), share(std::move(message))});
    }
    return outputs;
}

DocumentPtr errorMessage(const Error &error, const FailedAt &at, const DocumentPtr &input)
{
    Document message;
    Arena &arena = message.arena();
    ObjectBuilder inner(arena);
    inner.set("kind", Value::string(toString(error.kind)));
    inner.set("code", Value::string(arena, error.code));
    inner.set("message", Value::string(arena, error.message));
    inner.set("step", Value::string(arena, at.step));
    inner.set("item", Value::integer(at.item));
    inner.set("trace", Value::string(arena, hexadecimal(at.lineage)));
    inner.set("attempts", Value::integer(at.attempts));
    inner.set("evidence", Value::string(arena, error.evidence));
    ObjectBuilder outer(arena);
    outer.set("error", inner.finish());
    outer.set("input", input ? copyInto(arena, input->root()) : Value::null());
    message.setRoot(outer.finish());
    return share(std::move(message));
}

LetterRecord letterOf(const Value &emitted, const std::string &step, Instant now)
{
    LetterRecord letter;
    const Value message = emitted.get("message");
    const Value error = message.get("error");
    const Value reason = emitted.get("reason");
    Value input = message;
    letter.step = step;
    if (error.isObject() && error.get("code").isString()) {
        letter.error = errorOf(error);
        if (error.get("step").isString())
            letter.step = error.get("step").text();
        letter.item = static_cast<int>(error.get("item").toInt().value_or(0));
        letter.lineage = fromHexadecimal(error.get("trace").text());
        letter.attempts = static_cast<int>(error.get("attempts").toInt().value_or(1));
        input = message.get("input");
    } else {
        letter.error = rejectedError("flow.dead_letter",
                                     "The flow put this record aside at the step \"" + step
                                         + "\".");
    }
    if (reason.isString() && reason.size() > 0)
        letter.error.message = reason.text();
    appendJson(letter.input, input);
    letter.at = now;
    const auto keep = emitted.get("keep_ms").toInt();
    letter.keepUntil = now + (keep ? std::chrono::milliseconds(*keep) : kKeep);
    return letter;
}

} // namespace tw
