// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/ExpressionReport.h"
#include "app/runner/Output.h"
#include "core/analysis/Findings.h"
#include "core/base/Clock.h"
#include "core/base/Text.h"
#include "core/data/Json.h"
#include "core/expr/Expression.h"

#include <cstdint>
#include <iostream>
#include <memory>

namespace tw::runner {
namespace {

struct EvalOptions
{
    std::string expression;
    std::string data;
    std::string bindings;
    std::string file;
    bool batch = false;
    bool portable = false;
    bool json = false;
};

/// Everything one evaluation stands on; keeps the documents alive that the values point into.
struct Job
{
    std::string expression;
    Value input;
    Environment environment;
};

Environment baseEnvironment()
{
    Environment environment;
    environment.now = SystemClock().now();
    environment.seed = static_cast<std::uint64_t>(environment.now.msSinceEpoch);
    environment.allowEval = true;
    return environment;
}

void bindAll(Environment &environment, const Value &bindings)
{
    for (const Member &member : bindings.members())
        environment.bindings.push_back({std::string(member.key.text()), member.value});
}

ExpressionResult<Document> evaluate(const Job &job)
{
    auto compiled = Expression::compile(job.expression);
    if (!compiled)
        return compiled.error();
    return compiled->evaluateToDocument(job.input, job.environment);
}

/// Whatever other JSONata engines would not understand, one message each.
int reportUnportable(Output &out, const std::string &text)
{
    analysis::Surroundings surroundings;
    surroundings.portable = true;
    int reported = 0;
    for (const analysis::ExpressionFinding &finding : analysis::findingsOf(text, surroundings)) {
        if (finding.code != "map.not_portable")
            continue;
        ++reported;
        if (!out.isJson()) {
            out.message(finding.message + " [" + finding.code + "] " +
                        markedPlace(text, finding.start, finding.end) + '\n' + finding.fix);
            continue;
        }
        Arena arena;
        ExpressionError error;
        error.code = finding.code;
        error.position = static_cast<int>(
            toQString(std::string_view(text).substr(0, static_cast<std::size_t>(finding.end)))
                .size());
        error.message = finding.message;
        out.message(toJson(errorValue(arena, error, false)));
    }
    return reported == 0 ? kDone : kNotRight;
}

Result<void> checkedBindings(const Value &bindings)
{
    if (!bindings.isUndefined() && !bindings.isObject())
        return rejectedError("runner.bad_bindings",
                             "The bindings must be one object: variable name -> value.");
    for (const Member &member : bindings.members()) {
        const std::string name(member.key.text());
        if (name.starts_with('$'))
            return rejectedError("runner.bad_bindings", "The binding \"" + name +
                                                            "\" must be written without its"
                                                            " dollar sign.");
    }
    return {};
}

int evalOnce(const EvalOptions &options)
{
    Output out(options.json);
    const auto data = readDocument(options.data);
    if (!data)
        return reportUnreadable(out, data.error());
    const auto bindings = readDocument(options.bindings);
    if (!bindings)
        return reportUnreadable(out, bindings.error());
    if (const Result<void> sound = checkedBindings(bindings->root()); !sound)
        return reportUnreadable(out, Error(sound.error()).at(options.bindings));
    const auto text = expressionText(options.expression, options.file);
    if (!text)
        return reportUnreadable(out, text.error());
    if (options.portable) {
        const auto compiled = Expression::compile(*text);
        return compiled ? reportUnportable(out, *text)
                        : reportExpressionError(out, *text, compiled.error());
    }
    Job job{*text, data->root(), baseEnvironment()};
    bindAll(job.environment, bindings->root());
    auto result = evaluate(job);
    if (!result)
        return reportExpressionError(out, *text, result.error());
    if (!result->root().isUndefined())
        out.line(toJson(result->root(), options.json ? JsonStyle::Compact : JsonStyle::Pretty));
    return kDone;
}

Job jobOf(const Value &request)
{
    Job job{std::string(request.get("expr").text()), request.get("data"), baseEnvironment()};
    bindAll(job.environment, request.get("bindings"));
    if (const auto limit = request.get("timelimit").toInt()) {
        job.environment.budget.wallClock = std::chrono::milliseconds(*limit);
        job.environment.budget.suiteCodes = true;
    }
    if (const auto depth = request.get("depth").toInt()) {
        job.environment.budget.depth = static_cast<std::uint32_t>(*depth);
        job.environment.budget.suiteCodes = true;
    }
    return job;
}

/// Why a request cannot be answered, or empty.
std::string faultOf(const Value &request)
{
    if (!request.get("expr").isString())
        return "The line needs \"expr\" as a string.";
    for (const char *name : {"timelimit", "depth"}) {
        const Value given = request.get(name);
        const auto number = given.toInt();
        const bool sound = given.isNumber() && number && *number >= 0 && *number <= INT32_MAX;
        if (!given.isUndefined() && !given.isNull() && !sound)
            return "\"" + std::string(name) + "\" must be a whole number from zero up.";
    }
    const Value bindings = request.get("bindings");
    const auto sound = bindings.isNull() ? Result<void>() : checkedBindings(bindings);
    return sound ? std::string() : sound.error().message;
}

std::string answerLine(const std::string &line)
{
    Arena arena;
    ObjectBuilder answer(arena);
    auto request = parseJson(line);
    const std::string why = request ? faultOf(request->root()) : request.error().message;
    const Value id = request ? request->root().get("id") : Value();
    answer.set("id", id.isUndefined() ? Value::null() : id);
    if (!why.empty()) {
        ObjectBuilder error(arena);
        error.set("code", Value::string("runner.bad_request"));
        error.set("message", Value::string(arena, why));
        answer.set("error", error.finish());
        return toJson(answer.finish());
    }
    auto result = evaluate(jobOf(request->root()));
    if (!result)
        answer.set("error", errorValue(arena, result.error(), true));
    else if (result->root().isUndefined())
        answer.set("undefined", Value::boolean(true));
    else
        answer.set("result", result->root());
    return toJson(answer.finish());
}

int evalBatch()
{
    std::ios::sync_with_stdio(false);
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line.find_first_not_of(" \t\r") != std::string::npos)
            std::cout << answerLine(line) << '\n' << std::flush;
    }
    return kDone;
}

} // namespace

void addEvalCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<EvalOptions>();
    CLI::App *command =
        app.add_subcommand("eval", "Evaluate an expression of the mapping language");
    command->add_option("EXPR", options->expression, "The expression");
    command->add_option("--data", options->data,
                        "JSON file to evaluate on; - reads standard input");
    command->add_option("--bindings", options->bindings, "JSON file: variable name -> value");
    command->add_option("--file", options->file, "Read the expression from this file");
    command->add_flag("--portable", options->portable,
                      "Report what other JSONata engines do not know, instead of a result");
    command->add_flag("--batch", options->batch,
                      "Read one request a line from standard input, answer one a line");
    command->add_flag("--json", options->json, "Print results and errors as JSON on one line");
    command->footer("Example:\n  tidewire eval 'data.object.amount / 100' --data event.json\n  "
                    "echo '{\"id\":1,\"expr\":\"1+1\"}' | tidewire eval --batch");
    command->callback([options, &invocation, command] {
        const int given = (options->batch ? 1 : 0) + (options->expression.empty() ? 0 : 1) +
                          (options->file.empty() ? 0 : 1);
        if (given != 1)
            throw CLI::ValidationError(command->get_name(), "give either EXPR, --file or --batch");
        if (options->batch &&
            (options->portable || !options->data.empty() || !options->bindings.empty()))
            throw CLI::ValidationError(command->get_name(),
                                       "--batch takes data and bindings from each line and gives"
                                       " results: leave out --data, --bindings and --portable");
        invocation.command = [options] {
            return options->batch ? evalBatch() : evalOnce(*options);
        };
    });
}

} // namespace tw::runner
