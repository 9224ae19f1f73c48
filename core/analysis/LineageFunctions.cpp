// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/LineageWalk.h"
#include "core/analysis/SignatureFit.h"
#include "core/expr/FunctionTable.h"

#include <algorithm>

namespace tw::analysis {
namespace {

/// What becomes of the arguments of a function.
enum class Flow {
    Computed,    ///< All arguments are worked into the result: the fx badge. What is not listed.
    Items,       ///< The result holds the items of all arguments unchanged.
    FirstItems,  ///< … of the first argument.
    Filter,      ///< Items of the first, the function decides which.
    Map,         ///< What the function makes of each item.
    Reduce,      ///< What the function makes of its own result and each item, followed twice.
    Each,        ///< As Map, over the fields of an object.
    Sift,        ///< The object; the function decides about its fields.
    Sort,        ///< The items; the function or the items themselves decide about the order.
    Names,       ///< Names of the fields of the first.
    Lookup,      ///< A field of the first; the second decides which.
    ValueTable,  ///< Worked out from the first, through a table: the values of the table come out.
    OnlyChecks,  ///< No value; the arguments decide whether there is one at all.
    Untraceable, ///< Runs text as an expression: may read anything.
};

struct Rule
{
    std::string_view function;
    Flow flow;
};

constexpr Rule kRules[] = {
    {"append", Flow::Items},
    {"assert", Flow::OnlyChecks},
    {"clone", Flow::FirstItems},
    {"distinct", Flow::FirstItems},
    {"each", Flow::Each},
    {"error", Flow::OnlyChecks},
    {"eval", Flow::Untraceable},
    {"filter", Flow::Filter},
    {"keys", Flow::Names},
    {"lookup", Flow::Lookup},
    {"map", Flow::Map},
    {"merge", Flow::Items},
    {"reduce", Flow::Reduce},
    {"reverse", Flow::FirstItems},
    {"shuffle", Flow::FirstItems},
    {"sift", Flow::Sift},
    {"single", Flow::Filter},
    {"sort", Flow::Sort},
    {"spread", Flow::FirstItems},
    {"zip", Flow::Items},
    // Our own. The currency is half of an amount's meaning, so it gets a line and no dashed one; so
    // do the zone of a date and the rates of a conversion. A value table is drawn as one computed
    // line from the value, although it only chooses: people see "status -> Status__c".
    {"convertCurrency", Flow::Computed},
    {"mapValue", Flow::ValueTable},
    {"normalizeEmail", Flow::Computed},
    {"normalizeName", Flow::Computed},
    {"normalizePhone", Flow::Computed},
    {"parseJson", Flow::Computed},
    {"roundHalfUp", Flow::Computed},
    {"sfDate", Flow::Computed},
    {"sfDateTime", Flow::Computed},
    {"toMajor", Flow::Computed},
    {"toMinor", Flow::Computed},
};

Flow flowOf(std::string_view function)
{
    const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                   [function](const Rule &r) { return r.function == function; });
    return rule == std::end(kRules) ? Flow::Computed : rule->flow;
}

std::string_view signatureOf(std::string_view function)
{
    for (const FunctionInfo &info : functionTable()) {
        if (info.name == function)
            return info.signature;
    }
    return {};
}

AbstractPtr argumentOf(const std::vector<AbstractPtr> &arguments, std::size_t index)
{
    return index < arguments.size() ? arguments[index] : nothing();
}

AbstractPtr number()
{
    AbstractValue value;
    value.literal = 'n';
    return share(std::move(value));
}

} // namespace

AbstractPtr LineageWalk::builtin(const std::string &name, Arguments arguments,
                                 const AbstractPtr &context)
{
    std::vector<Kinds> kinds;
    for (const AbstractPtr &argument : arguments)
        kinds.push_back(argument->literal ? kindOf(argument->literal) : kAnyKind);
    if (takesContext(signatureOf(name), kinds))
        arguments.insert(arguments.begin(), context);
    AbstractPtr result;
    switch (flowOf(name)) {
    case Flow::Computed:
        return derived('$' + name, true, arguments);
    case Flow::Items:
        result = nothing();
        for (const AbstractPtr &argument : arguments)
            result = joined(result, argument);
        break;
    case Flow::FirstItems:
        result = argumentOf(arguments, 0);
        break;
    case Flow::Filter:
        result = filtered(arguments, name);
        break;
    case Flow::Map:
        result = mapped(arguments);
        break;
    case Flow::Reduce:
        result = reduced(arguments);
        break;
    case Flow::Each:
        result = eachMember(arguments);
        break;
    case Flow::Sift:
        result = sifted(arguments);
        break;
    case Flow::Sort:
        result = sorted(arguments);
        break;
    case Flow::Names:
        result = keysOf(argumentOf(arguments, 0), "$keys");
        break;
    case Flow::Lookup:
        result = lookUp(arguments);
        break;
    case Flow::ValueTable:
        result = mapValue(arguments);
        break;
    case Flow::OnlyChecks:
        result = checked(arguments);
        break;
    case Flow::Untraceable:
        result = evaluated(arguments, context);
        break;
    }
    return withDecides(result, {}, {'$' + name});
}

AbstractPtr LineageWalk::derived(const std::string &through, bool isFunction,
                                 const Arguments &arguments)
{
    AbstractValue made;
    for (const AbstractPtr &argument : arguments) {
        const AbstractContents contents = contentsOf(argument);
        consume(contents.sources);
        if (!spend(contents.sources.size() + contents.decides.size() + 1))
            return nothing();
        for (SourceLine line : contents.sources) {
            line.kind = LineKind::Computed;
            if (!through.empty())
                goThrough(line, through);
            addLine(made.sources, line);
        }
        addLines(made.decides, contents.decides);
        made.functions.insert(contents.functions.begin(), contents.functions.end());
        made.untraceable = made.untraceable || contents.untraceable;
    }
    if (isFunction)
        made.functions.insert(through);
    const AbstractPtr bare = share(made);
    AbstractPtr result = bare;
    for (const AbstractPtr &argument : arguments) {
        if (argument->callables.empty())
            continue;
        const AbstractPtr answer = apply(argument, {bare, number(), bare}, nothing());
        AbstractContents contents = contentsOf(answer);
        consume(contents.sources);
        AbstractValue more;
        for (SourceLine line : contents.sources) {
            line.kind = LineKind::Computed;
            addLine(more.sources, line);
        }
        more.decides = std::move(contents.decides);
        result = joined(result, share(std::move(more)));
    }
    return result;
}

/// No value comes of it, but whether there is one hangs on the arguments.
AbstractPtr LineageWalk::checked(const Arguments &arguments)
{
    AbstractPtr result = nothing();
    for (const AbstractPtr &argument : arguments) {
        const std::vector<SourceLine> lines = decidedBy(argument);
        const AbstractContents contents = contentsOf(argument);
        addLines(m_checked, lines);
        result = withDecides(result, lines, contents.functions, contents.untraceable);
    }
    return result;
}

AbstractPtr LineageWalk::lookUp(const Arguments &arguments)
{
    const AbstractPtr object = argumentOf(arguments, 0);
    const AbstractPtr key = argumentOf(arguments, 1);
    const std::optional<SourcePath> from = copiedFrom(*object);
    int start = -1;
    int end = -1;
    if (from) {
        start = object->sources.front().start;
        end = object->sources.front().end;
    }
    if (key->text)
        return field(object, *key->text, start, end);
    const AbstractContents contents = contentsOf(key);
    return withDecides(below(object, "*", start, end), decidedBy(key), contents.functions,
                       contents.untraceable);
}

AbstractPtr LineageWalk::mapValue(const Arguments &arguments)
{
    const AbstractPtr value = derived("$mapValue", true, {argumentOf(arguments, 0)});
    const AbstractPtr table = below(argumentOf(arguments, 1), "*", -1, -1);
    AbstractPtr result = joined(joined(value, table), argumentOf(arguments, 2));
    AbstractValue plain = *result;
    plain.text.reset();
    plain.literal = 0;
    return share(std::move(plain));
}

AbstractPtr LineageWalk::mapped(const Arguments &arguments)
{
    const AbstractPtr list = argumentOf(arguments, 0);
    const AbstractPtr item = undecided(list);
    AbstractPtr result = apply(argumentOf(arguments, 1), {item, number(), item}, nothing());
    const auto from = list->listSource ? list->listSource : copiedFrom(*list);
    result = repeated(result, Repeats::Always, from);
    return withDecides(result, list->decides);
}

AbstractPtr LineageWalk::filtered(const Arguments &arguments, const std::string &name)
{
    const AbstractPtr list = argumentOf(arguments, 0);
    if (arguments.size() < 2)
        return list;
    const AbstractPtr item = undecided(list);
    const AbstractPtr test = apply(arguments[1], {item, number(), item}, nothing());
    const AbstractContents contents = contentsOf(test);
    AbstractPtr kept = list;
    if (name != "single")
        kept = repeated(list, Repeats::Filtered, copiedFrom(*list));
    return withDecides(kept, decidedBy(test), contents.functions, contents.untraceable);
}

AbstractPtr LineageWalk::reduced(const Arguments &arguments)
{
    const AbstractPtr list = argumentOf(arguments, 0);
    const AbstractPtr item = undecided(list);
    const AbstractPtr function = argumentOf(arguments, 1);
    const bool given = arguments.size() > 2;
    const AbstractPtr before = given ? arguments[2] : item;
    AbstractPtr sofar = before;
    AbstractPtr result = given ? before : derived("$reduce", true, {item});
    for (int round = 0; round < 2; ++round) {
        const AbstractPtr next = apply(function, {sofar, item, number(), item}, nothing());
        sofar = joined(sofar, next);
        result = joined(result, next);
    }
    AbstractValue plain = *result;
    plain.text.reset();
    return withDecides(share(std::move(plain)), list->decides, list->functions);
}

AbstractPtr LineageWalk::eachMember(const Arguments &arguments)
{
    const AbstractPtr object = argumentOf(arguments, 0);
    const AbstractPtr bare = undecided(object);
    const AbstractPtr value = below(bare, "*", -1, -1);
    const AbstractPtr names = keysOf(bare, "$each");
    const AbstractPtr made =
        apply(argumentOf(arguments, 1), {undecided(value), names, bare}, nothing());
    const auto from = object->groupedFrom ? object->groupedFrom : copiedFrom(*object);
    return withDecides(withDecides(repeated(made, Repeats::Always, from), value->decides),
                       object->decides);
}

AbstractPtr LineageWalk::sifted(const Arguments &arguments)
{
    const AbstractPtr object = argumentOf(arguments, 0);
    const AbstractPtr bare = undecided(object);
    const AbstractPtr value = below(bare, "*", -1, -1);
    const AbstractPtr names = keysOf(bare, "$sift");
    const AbstractPtr test = apply(argumentOf(arguments, 1), {value, names, bare}, nothing());
    const AbstractContents contents = contentsOf(test);
    return withDecides(object, decidedBy(test), contents.functions, contents.untraceable);
}

AbstractPtr LineageWalk::sorted(const Arguments &arguments)
{
    const AbstractPtr list = argumentOf(arguments, 0);
    if (arguments.size() < 2)
        return list;
    const AbstractPtr item = undecided(list);
    const AbstractPtr order = apply(arguments[1], {item, item}, nothing());
    const AbstractContents contents = contentsOf(order);
    return withDecides(repeated(list, Repeats::Filtered, copiedFrom(*list)), decidedBy(order),
                       contents.functions, contents.untraceable);
}

AbstractPtr LineageWalk::evaluated(const Arguments &arguments, const AbstractPtr &context)
{
    AbstractValue any = *derived("$eval", true, arguments);
    any.untraceable = true;
    const AbstractContents around = contentsOf(context);
    consume(around.sources);
    consume(m_root->sources);
    for (const std::string &binding : m_bindings) {
        SourcePath path;
        path.root = binding;
        m_consumed.insert(std::move(path));
    }
    return share(std::move(any));
}

} // namespace tw::analysis
