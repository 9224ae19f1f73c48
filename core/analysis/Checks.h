// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/CallSite.h"
#include "core/analysis/Findings.h"
#include "core/analysis/Types.h"
#include "core/expr/FunctionTable.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace tw::analysis {

/// All checks of one expression that compiles: one walk over its tree with the inferred types at
/// hand, then the result against the target. Lives for one call of findingsOf().
class Checks
{
public:
    Checks(std::string_view text, const Surroundings &surroundings, const expr::Ast &root);
    std::vector<ExpressionFinding> run();

private:
    using Fix = ExpressionFinding::Fix;

    void collectNames(const expr::Ast &node);
    void visit(const expr::Ast *node, bool currencyDecides);
    void visitNode(const expr::Ast &node, bool currencyDecides);

    // CheckFields.cpp
    void checkField(const expr::Ast &name);
    void checkVariable(const expr::Ast &variable);
    void checkNumber(const expr::Ast &literal);
    void checkOperatorIsPortable(const expr::Ast &node);
    void checkRegexIsPortable(const expr::Ast &regex);
    void checkZoneIsPortable(const CallSite &site);
    std::string pathElsewhere(const expr::Ast &name, const FieldStep &step) const;

    // CheckCalls.cpp
    void checkEval(const expr::Ast &whole, const expr::Ast &procedure);
    void checkCall(const CallSite &site);
    void checkArguments(const CallSite &site, const FunctionInfo &function);
    void checkFailures();

    // CheckUnits.cpp
    void checkArithmetic(const expr::Ast &node, bool currencyDecides);
    void checkFactor(const expr::Ast &node, const expr::Ast &value, double by);
    void checkOperand(const expr::Ast &operand, std::string_view operatorText);
    void checkMoneyWithTime(const expr::Ast &node, const Inferred &left, const Inferred &right);
    void reportMixedMoney(const expr::Ast &minor);
    bool decidesByCurrency(const expr::Ast &condition) const;
    const expr::Ast *branchOfTwoDecimals(const expr::Ast &condition) const;

    // CheckUnitCalls.cpp
    void checkTimeFunction(const CallSite &site);
    void checkMoneyFunction(const CallSite &site);
    void checkNumberPicture(const CallSite &site);
    void checkAggregate(const CallSite &site);

    // CheckCompare.cpp
    void checkComparison(const expr::Ast &node);
    void checkUnitsCompared(const expr::Ast &node);
    void checkChoiceCompared(const expr::Ast &source, const expr::Ast &literal);
    void checkCurrencyCase(const Shape &shape, const expr::Ast &literal);
    void checkTable(const expr::Ast &value, const expr::Ast &table);

    // CheckTarget.cpp
    void checkTarget(const expr::Ast &value, const Shape::Field &target);
    void checkNeed(const expr::Ast &value, const Shape::Field &target);
    void checkPlural(const expr::Ast &value, const Shape::Field &target);
    void checkLeaf(const expr::Ast &leaf, const Shape::Field &target);
    bool checkLeafUnit(const expr::Ast &leaf, const Shape::Field &target);
    bool checkLeafTime(const expr::Ast &leaf, const Shape::Field &target);
    void checkLeafType(const expr::Ast &leaf, const Shape::Field &target);
    void checkLeafChoices(const expr::Ast &leaf, const Shape::Field &target);
    std::vector<const expr::Ast *> leavesOf(const expr::Ast &value) const;

    const Inferred &typeOf(const expr::Ast &node) const { return m_types.of(node); }
    std::string textOf(const expr::Ast &node) const;
    /// The source text in parentheses where an operator beside it would take it apart.
    std::string operandText(const expr::Ast &node) const;
    ExpressionFinding &report(const expr::Ast &at, std::string code, std::string message,
                              std::string fix = {}, Severity severity = Severity::Warning);
    static Fix replaceFix(const expr::Ast &node, std::string text);
    void addFix(ExpressionFinding &finding, const expr::Ast &node, std::string text) const;
    /// The path of the currency that belongs to an amount; empty when the source has none.
    std::string currencyOf(const expr::Ast &amount) const;
    std::string currencyOfInput() const;

    std::string_view m_text;
    const Surroundings &m_surroundings;
    const expr::Ast &m_root;
    TypeMap m_types;
    std::set<std::string> m_names;        ///< Variables that the expression itself gives a value.
    std::set<const expr::Ast *> m_called; ///< Procedures of calls.
    std::vector<ExpressionFinding> m_found;
};

/// Calls `with` for every part of a node.
void forEachPart(const expr::Ast &node, const std::function<void(const expr::Ast &)> &with);
/// The function that a procedure names, when it is one of the language's.
const FunctionInfo *namedFunction(const expr::Ast &procedure);
/// "money in minor units", "text", …: as messages say it.
std::string described(const Shape &shape);
bool isUnit(const Inferred &type, Shape::Type shapeType, std::string_view unit);
/// `amount / 100`, `0.01 * amount`, `amount / $power(10, 2)`.
struct Scaled
{
    const expr::Ast *value = nullptr;
    double by = 1; ///< As a factor.
};
std::optional<Scaled> scaledOf(const expr::Ast &node);
bool isHundredth(double factor);
/// "2024-01-01T00:00:00": a time that does not say where.
bool isNaiveTime(std::string_view text);

} // namespace tw::analysis
