// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "tests/data/YamlEditing.h"

#include <QTest>

using namespace tw;

class TestYamlEditRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void randomEditsMeanWhatTheySay();
};

namespace {

constexpr std::string_view kTexts[] = {"plain",
                                       "on",
                                       "012",
                                       "a: b",
                                       "x # y",
                                       " lead",
                                       "1e3",
                                       "",
                                       "two\nlines",
                                       "ends\n",
                                       "it's",
                                       "say \"hi\"",
                                       "[a, b]",
                                       "{x}",
                                       "tab\there",
                                       "öß€😀",
                                       "- dash",
                                       "null",
                                       "~",
                                       "#no",
                                       "data.amount / 100",
                                       "a, b",
                                       "end:",
                                       "\n",
                                       "\n\nx\n\n",
                                       "  two\n one",
                                       "a\n\n\nb",
                                       "%d",
                                       "@x",
                                       "`y`",
                                       "1.4.0"};
constexpr std::string_view kNames[] = {"a", "b", "with", "Amount__c", "on", "x y", "7", "k-1"};

/// Random YAML: a value with its text in one of many notations.
class RandomYaml
{
public:
    explicit RandomYaml(Random &random) : m_random(random) {}

    std::string document()
    {
        std::string out = pick() ? "# head\n" : "";
        out += map(0, 3);
        if (pick() && m_random.below(3) == 0)
            out.pop_back();
        if (m_random.below(4) != 0)
            return out;
        for (std::size_t at = out.find('\n'); at != std::string::npos; at = out.find('\n', at + 2))
            out.insert(at, 1, '\r');
        return out;
    }

    Value value(Arena &arena, int depth)
    {
        const auto kind = m_random.below(depth > 0 ? 8 : 5);
        if (kind == 0)
            return Value::integer(static_cast<std::int64_t>(m_random.below(1000)) - 500);
        if (kind == 1)
            return Value::boolean(pick());
        if (kind == 2)
            return Value::number(static_cast<double>(m_random.below(1000)) / 8);
        if (kind < 5)
            return m_random.below(8) == 0 ? Value::null() : Value::string(text());
        if (kind == 5) {
            ArrayBuilder array(arena);
            for (auto count = m_random.below(4); count > 0; --count)
                array.add(value(arena, depth - 1));
            return array.finish();
        }
        ObjectBuilder object(arena);
        for (auto count = m_random.below(4); count > 0; --count)
            object.set(name(), value(arena, depth - 1));
        return object.finish();
    }

    std::string_view text() { return kTexts[m_random.below(std::size(kTexts))]; }
    std::string_view name() { return kNames[m_random.below(std::size(kNames))]; }
    bool pick() { return m_random.below(2) == 0; }

private:
    std::string comment(std::size_t indent)
    {
        if (m_random.below(5) == 0)
            return "\n";
        return m_random.below(5) == 0 ? std::string(indent, ' ') + "# note: x\n" : "";
    }
    std::string lineTail() { return m_random.below(5) == 0 ? "  # tail\n" : "\n"; }

    /// Behind "key:" or "-", with the line end.
    std::string valueAfter(std::size_t indent, int depth, bool item)
    {
        const auto kind = m_random.below(10);
        if (depth > 0 && kind < 2 && !item)
            return lineTail() + comment(indent + 2) + map(indent + 2, depth - 1);
        if (depth > 0 && kind < 2)
            return " " + map(indent + 2, depth - 1).substr(indent + 2);
        if (depth > 0 && kind < 4)
            return lineTail() + list(indent + (pick() || item ? 2 : 0), depth - 1);
        if (kind == 4)
            return " {a: 1, 'b c': [x, \"y\"], c: }" + lineTail();
        if (kind == 5)
            return std::string(pick() ? " |\n" : " >-\n") + std::string(indent + 4, ' ') +
                   "text\n" + (pick() ? "\n" : "") + std::string(indent + 4, ' ') + "more # text\n";
        if (kind == 6)
            return lineTail();
        if (kind == 7)
            return " 'single ''quoted'''" + lineTail();
        return " " + yamlScalar(text()) + lineTail();
    }
    std::string map(std::size_t indent, int depth)
    {
        std::string out;
        std::size_t index = 0;
        for (auto left = 1 + m_random.below(4); left > 0; --left) {
            if (index > 0)
                out += comment(indent);
            index += 1 + m_random.below(2);
            if (index > std::size(kNames))
                break;
            out += std::string(indent, ' ') + yamlScalar(kNames[index - 1]) + ":" +
                   valueAfter(indent, depth, false);
        }
        return out;
    }
    std::string list(std::size_t indent, int depth)
    {
        std::string out;
        for (auto left = 1 + m_random.below(3); left > 0; --left)
            out += std::string(indent, ' ') + "-" + valueAfter(indent, depth, true);
        return out;
    }

    Random &m_random;
};

/// A random path into a tree, perhaps with a new key at its end.
YamlPath randomPath(Random &random, RandomYaml &source, const Value &root, bool mayBeNew)
{
    YamlPath steps;
    Value at = root;
    while ((at.isObject() || at.isArray()) && at.size() > 0) {
        const auto index = static_cast<std::uint32_t>(random.below(at.size()));
        if (at.isObject() && mayBeNew && random.below(4) == 0) {
            steps.emplace_back(source.name());
            return steps;
        }
        steps.push_back(at.isArray() ? std::to_string(index)
                                     : std::string(at.members()[index].key.text()));
        at = at.isArray() ? at.at(index) : at.members()[index].value;
        if (random.below(3) == 0)
            break;
    }
    return steps;
}

bool keepsHead(std::string_view text, std::string_view changed)
{
    return !text.starts_with("# head") || changed.starts_with("# head");
}

} // namespace

void TestYamlEditRandom::randomEditsMeanWhatTheySay()
{
    int edits = 0;
    int refused = 0;
    for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
        Random random(seed);
        RandomYaml source(random);
        std::string text = source.document();
        QVERIFY2(!tree(text).starts_with("unsound"), (text + tree(text)).c_str());
        for (int step = 0; step < 3; ++step) {
            Arena arena;
            const YamlParse parse = parseYaml(text);
            const Value root = parse.root.toValue(arena);
            const YamlPath where = randomPath(random, source, root, true);
            if (where.empty())
                break;
            const auto action = random.below(4);
            Outcome outcome{std::vector<TextChange>{}};
            if (action == 0)
                outcome = yamlRemove(text, where, source.pick());
            else if (action == 1)
                outcome = yamlInsertItem(text, where, random.below(3), "id: x\nnote: 'y'",
                                         {std::string(source.name())});
            else
                outcome =
                    yamlSet(text, where, source.value(arena, 2), {std::string(source.name())});
            ++edits;
            if (!outcome) {
                refused += outcome.error().code == "yaml.not_editable";
                continue;
            }
            const std::string changed = applied(text, outcome);
            QVERIFY2(!tree(changed).starts_with("unsound"), (text + "=>\n" + changed).c_str());
            QVERIFY2(keepsHead(text, changed) || action == 0, (text + "=>\n" + changed).c_str());
            // Only a literal block that moves to the end of the file may need a line end there.
            QVERIFY2(changed.ends_with('\n') == text.ends_with('\n') ||
                         text.find(" |") != std::string::npos ||
                         text.find(" >") != std::string::npos,
                     (text + "=>\n" + changed).c_str());
            text = changed;
        }
    }
    qInfo("%d edits, %d refused as not editable", edits, refused);
    QVERIFY(edits > 8000);
    QVERIFY2(refused * 200 < edits, "more than one edit of 200 was refused");
}

QTEST_GUILESS_MAIN(TestYamlEditRandom)
#include "tst_YamlEditRandom.moc"
