// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/ExpressionReport.h"
#include "app/runner/Output.h"
#include "core/analysis/Findings.h"
#include "core/analysis/Format.h"
#include "core/analysis/Lineage.h"
#include "core/analysis/Recognition.h"
#include "core/analysis/Types.h"
#include "core/connectors/stripe/facts/EventTypes.h"
#include "core/data/Json.h"
#include "core/expr/Parser.h"

#include <array>
#include <memory>

namespace tw::runner {
namespace {

using analysis::LineKind;
using analysis::SourceLine;
using analysis::TargetLineage;

struct ExplainOptions
{
    std::string expression;
    std::string file;
    std::string data;
    bool json = false;
};

/// All that can be told about an expression without running it.
struct Explanation
{
    analysis::Lineage lineage;
    analysis::Inferred type;
    std::vector<analysis::ExpressionFinding> findings;
    analysis::MapperForm form;
    std::string canonical;
};

/// What is known about data: of Stripe's events, units and types as well.
Shape shapeFor(const Value &data)
{
    const Value kind = data.get("object");
    const Value object = data.find("data.object.object");
    return kind.isString() && kind.text() == "event" && object.isString()
               ? stripe::eventShape(data, object.text())
               : shapeOf(data);
}

Explanation explained(const Expression &expression, const Value &data)
{
    analysis::Surroundings surroundings;
    if (!data.isUndefined())
        surroundings.input = shapeFor(data);
    Explanation made;
    made.lineage = analysis::lineageOf(expression);
    made.type = analysis::typeOf(expression, surroundings);
    made.findings = analysis::findingsOf(expression.text(), surroundings);
    made.form = analysis::recognise(expression.text());
    if (auto canonical = analysis::formatted(expression.text()))
        made.canonical = std::move(*canonical);
    return made;
}

std::string_view wordOf(LineKind kind)
{
    switch (kind) {
    case LineKind::Copied:
        return "copied";
    case LineKind::Computed:
        return "computed";
    case LineKind::Decides:
        return "decides";
    }
    return {};
}

std::string_view wordOf(const analysis::MapperForm &form)
{
    static constexpr std::array<std::string_view, std::variant_size_v<analysis::MapperForm>> kWords{
        "copy", "constant", "convert", "lookup", "date", "join", "condition", "free"};
    return kWords[form.index()];
}

std::string dotted(const std::vector<std::string> &path)
{
    std::string text;
    for (const std::string &step : path)
        text += (text.empty() ? "" : ".") + step;
    return text.empty() ? "(result)" : text;
}

std::string joinedWords(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string typeSentence(const analysis::Inferred &type)
{
    std::string text = type.isKnown ? typeWord(type.shape) : "not known";
    if (!type.shape.unit.empty())
        text += " (" + type.shape.unit + ")";
    if (type.mayBeMany)
        text += ", one or many";
    if (type.mayBeMissing)
        text += ", may be missing";
    return text;
}

std::vector<std::string> row(const TargetLineage &target, const SourceLine *line)
{
    const std::string name = dotted(target.path) + (target.isList ? "[]" : "");
    if (!line && target.isList)
        return {name, "<-", target.listSource.text(), "for each", joinedWords(target.functions)};
    if (!line)
        return {name, "<-", target.untraceable ? "(cannot be traced)" : "(no source)",
                target.constant ? "constant" : "", joinedWords(target.functions)};
    return {name, "<-", line->source.text(), std::string(wordOf(line->kind)),
            joinedWords(line->through)};
}

void printText(Output &out, const std::string &text, const Explanation &made)
{
    std::vector<std::vector<std::string>> rows;
    for (const TargetLineage &target : made.lineage.targets) {
        for (const SourceLine &line : target.lines)
            rows.push_back(row(target, &line));
        if (target.lines.empty())
            rows.push_back(row(target, nullptr));
    }
    out.line(out.bold("Lines"));
    out.line(rows.empty() ? "  none" : table(rows));
    out.line(out.bold("Type"));
    out.line("  " + typeSentence(made.type));
    out.line(out.bold("Drawn as"));
    out.line("  " + std::string(wordOf(made.form)));
    out.line(out.bold("Findings"));
    if (made.findings.empty())
        out.line("  none");
    for (const analysis::ExpressionFinding &finding : made.findings)
        out.line("  " + finding.message + " [" + finding.code + "] " +
                 markedPlace(text, finding.start, finding.end) +
                 (finding.fix.empty() ? "" : "\n  " + finding.fix));
    out.line(out.bold("Canonical text"));
    out.line(made.canonical);
}

Value strings(Arena &arena, const std::vector<std::string> &texts)
{
    ArrayBuilder array(arena);
    for (const std::string &text : texts)
        array.add(Value::string(arena, text));
    return array.finish();
}

Value targetValue(Arena &arena, const TargetLineage &target)
{
    ArrayBuilder lines(arena);
    for (const SourceLine &line : target.lines) {
        ObjectBuilder one(arena);
        one.set("source", Value::string(arena, line.source.text()));
        one.set("kind", Value::string(wordOf(line.kind)));
        one.set("through", strings(arena, line.through));
        one.set("start", Value::integer(line.start));
        one.set("end", Value::integer(line.end));
        lines.add(one.finish());
    }
    ObjectBuilder object(arena);
    object.set("path", strings(arena, target.path));
    object.set("lines", lines.finish());
    object.set("list", Value::boolean(target.isList));
    object.set("constant", Value::boolean(target.constant));
    object.set("untraceable", Value::boolean(target.untraceable));
    object.set("functions", strings(arena, target.functions));
    return object.finish();
}

Value findingValue(Arena &arena, const analysis::ExpressionFinding &finding)
{
    ObjectBuilder object(arena);
    object.set("code", Value::string(arena, finding.code));
    object.set("start", Value::integer(finding.start));
    object.set("end", Value::integer(finding.end));
    object.set("message", Value::string(arena, finding.message));
    object.set("fix", Value::string(arena, finding.fix));
    return object.finish();
}

Value typeValue(Arena &arena, const analysis::Inferred &type)
{
    ObjectBuilder object(arena);
    object.set("known", Value::boolean(type.isKnown));
    object.set("type", Value::string(arena, toString(type.shape.type)));
    if (!type.shape.unit.empty())
        object.set("unit", Value::string(arena, type.shape.unit));
    object.set("may_be_missing", Value::boolean(type.mayBeMissing));
    object.set("may_be_many", Value::boolean(type.mayBeMany));
    return object.finish();
}

void printJson(Output &out, const Explanation &made)
{
    Arena arena;
    ArrayBuilder targets(arena);
    for (const TargetLineage &target : made.lineage.targets)
        targets.add(targetValue(arena, target));
    ArrayBuilder findings(arena);
    for (const analysis::ExpressionFinding &finding : made.findings)
        findings.add(findingValue(arena, finding));
    ObjectBuilder object(arena);
    object.set("targets", targets.finish());
    object.set("type", typeValue(arena, made.type));
    object.set("form", Value::string(wordOf(made.form)));
    object.set("findings", findings.finish());
    object.set("canonical", Value::string(arena, made.canonical));
    out.json(object.finish());
}

/// Every part that cannot be read; a script gets the first, as from eval.
int reportErrors(Output &out, const std::string &text, const ExpressionError &first)
{
    const auto errors = expr::parseRecovering(text).errors;
    if (out.isJson() || errors.empty())
        return reportExpressionError(out, text, first);
    for (const ExpressionError &error : errors)
        reportExpressionError(out, text, error);
    return kNotRight;
}

int explain(const ExplainOptions &options)
{
    Output out(options.json);
    const auto text = expressionText(options.expression, options.file);
    if (!text)
        return reportUnreadable(out, text.error());
    const auto data = readDocument(options.data);
    if (!data)
        return reportUnreadable(out, data.error());
    const auto compiled = Expression::compile(*text);
    if (!compiled)
        return reportErrors(out, *text, compiled.error());
    const Explanation made = explained(*compiled, data->root());
    if (options.json)
        printJson(out, made);
    else
        printText(out, *text, made);
    return kDone;
}

} // namespace

void addExplainCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<ExplainOptions>();
    CLI::App *command =
        app.add_subcommand("explain", "Tell what an expression reads, gives and looks wrong in");
    command->add_option("EXPR", options->expression, "The expression");
    command->add_option("--file", options->file, "Read the expression from this file");
    command->add_option("--data", options->data,
                        "JSON file whose fields the expression is checked with");
    command->add_flag("--json", options->json, "One JSON document");
    command->footer("Example:\n  tidewire explain '{\"Amount__c\": $toMajor(amount, currency)}' "
                    "--data charge.json");
    command->callback([options, &invocation, command] {
        if (options->expression.empty() == options->file.empty())
            throw CLI::ValidationError(command->get_name(), "give either EXPR or --file");
        invocation.command = [options] { return explain(*options); };
    });
}

} // namespace tw::runner
