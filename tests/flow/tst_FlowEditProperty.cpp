// SPDX-License-Identifier: GPL-3.0-or-later
// Random edits over several documents: every edit does to the file what it means, and can be taken
// back and done again byte for byte.
#include "FlowFixtures.h"

#include "core/base/Random.h"
#include "core/base/Text.h"

#include <QTest>
#include <algorithm>
#include <set>

using namespace tw;
using namespace tw::test;

namespace {

using Wires = std::multiset<std::string>;

/// What a flow means, apart from its text: compared with what an edit should have done.
struct Model
{
    std::vector<std::string> steps;
    std::map<std::string, std::string> fields; ///< "step/name" -> value.
    Wires wires;                               ///< "from exit to".
    std::map<std::string, CardPosition> layout;
    std::map<std::string, std::string> settings; ///< "step/key" -> JSON.
    std::map<std::string, std::vector<std::string>> groups;
    bool operator==(const Model &) const = default;

    static Model of(const Flow &flow)
    {
        Model model;
        Arena arena;
        for (const FlowStep &step : flow.steps) {
            model.steps.push_back(step.id);
            model.fields[step.id + "/name"] = step.name;
            model.fields[step.id + "/disabled"] = step.disabled ? "true" : "";
            for (const Wire &wire : step.wires)
                model.wires.insert(step.id + ' ' + wire.exit + ' ' + wire.to);
            if (!step.with)
                continue;
            for (const YamlNode::Entry &entry : step.with->entries)
                model.settings[step.id + '/' + entry.key] = toJson(entry.value.toValue(arena));
        }
        model.layout = flow.layout;
        for (const FlowGroup &group : flow.groups)
            model.groups[group.id] = group.steps;
        return model;
    }
};

const std::vector<std::string> kTexts{"plain",        "on",         "012",   "1e3",   "a: b",
                                      "x # y",        "'quoted'",   "\"a\"", "ä→ü",   "- dash",
                                      "two\nlines",   " blank ",    "null",  "[a]",   "{b}",
                                      "a, b",         "%d",         "@at",   "!bang", "&and",
                                      "two\nlines\n", "2026-01-01", "~",     "a\tb",  "=",
                                      "trailing:",    "\\back",     "`tick", "|",     ">"};

class Driver
{
public:
    Driver(FlowDocument &document, std::uint64_t seed) : m_document(document), m_random(seed) {}

    /// Makes an edit, and changes `model` as the edit should change the flow.
    FlowEdit next(Model &model)
    {
        switch (m_random.below(9)) {
        case 0:
            return move(model);
        case 1:
            return setting(model);
        case 2:
            return connect(model);
        case 3:
            return disconnect(model);
        case 4:
            return rename(model);
        case 5:
            return remove(model);
        case 6:
            return name(model);
        case 7:
            return disable(model);
        default:
            return add(model);
        }
    }

private:
    const std::string &anyStep(const Model &model)
    {
        return model.steps[m_random.below(model.steps.size())];
    }
    const std::string &anyText() { return kTexts[m_random.below(kTexts.size())]; }

    FlowEdit move(Model &model)
    {
        edit::MoveCards edit;
        for (int i = 0; i < 2; ++i) {
            const CardPosition at{static_cast<int>(m_random.below(900)) - 400,
                                  static_cast<int>(m_random.below(900))};
            const std::string id = anyStep(model);
            edit.positions[id] = at;
            model.layout[id] = at;
        }
        return edit;
    }

    FlowEdit setting(Model &model)
    {
        const std::string id = anyStep(model);
        static const std::vector<std::string> kKeys{"alpha", "beta", "on", "odd key"};
        const std::string key = kKeys[m_random.below(kKeys.size())];
        Document value;
        if (m_random.below(4) == 0) {
            model.settings.erase(id + '/' + key);
            return edit::SetSetting{id, {key}, share(std::move(value))};
        }
        Arena &arena = value.arena();
        if (m_random.below(3) == 0) {
            ArrayBuilder list(arena);
            for (std::uint64_t i = m_random.below(4); i > 0; --i)
                list.add(Value::string(arena, anyText()));
            value.setRoot(list.finish());
        } else {
            value.setRoot(Value::string(arena, anyText()));
        }
        model.settings[id + '/' + key] = toJson(value.root());
        return edit::SetSetting{id, {key}, share(std::move(value))};
    }

    FlowEdit connect(Model &model)
    {
        static const std::vector<std::string> kExits{"out", "pass", "skip", "error"};
        edit::Connect edit{anyStep(model), kExits[m_random.below(kExits.size())], anyStep(model)};
        while (edit.to == edit.from)
            edit.to = anyStep(model);
        const std::string wire = edit.from + ' ' + edit.exit + ' ' + edit.to;
        if (!model.wires.contains(wire))
            model.wires.insert(wire);
        return edit;
    }

    FlowEdit disconnect(Model &model)
    {
        if (model.wires.empty())
            return connect(model);
        auto wire = model.wires.begin();
        std::advance(wire, static_cast<long>(m_random.below(model.wires.size())));
        const std::size_t first = wire->find(' ');
        const std::size_t second = wire->rfind(' ');
        edit::Disconnect edit{wire->substr(0, first), wire->substr(first + 1, second - first - 1),
                              wire->substr(second + 1)};
        model.wires.erase(wire);
        return edit;
    }

    static void replaceStep(Model &model, const std::string &id, const std::string &newId)
    {
        Model renamed;
        for (const std::string &step : model.steps)
            renamed.steps.push_back(step == id ? newId : step);
        const auto keyed = [&](const auto &from, auto &to) {
            for (const auto &[key, value] : from)
                to[key.starts_with(id + '/') ? newId + key.substr(id.size()) : key] = value;
        };
        keyed(model.fields, renamed.fields);
        keyed(model.settings, renamed.settings);
        for (const std::string &wire : model.wires) {
            std::string changed = wire;
            if (changed.starts_with(id + ' '))
                changed.replace(0, id.size(), newId);
            if (changed.ends_with(' ' + id))
                changed.replace(changed.size() - id.size(), id.size(), newId);
            renamed.wires.insert(changed);
        }
        for (const auto &[key, at] : model.layout)
            renamed.layout[key == id ? newId : key] = at;
        for (auto [group, steps] : model.groups) {
            std::replace(steps.begin(), steps.end(), id, newId);
            renamed.groups[group] = steps;
        }
        model = renamed;
    }

    FlowEdit rename(Model &model)
    {
        const edit::RenameStep edit{anyStep(model), "renamed_" + std::to_string(++m_names)};
        replaceStep(model, edit.id, edit.newId);
        return edit;
    }

    FlowEdit remove(Model &model)
    {
        if (model.steps.size() < 4)
            return add(model);
        const std::string id = anyStep(model);
        std::erase(model.steps, id);
        const auto belongs = [&](const auto &entry) { return entry.first.starts_with(id + '/'); };
        std::erase_if(model.fields, belongs);
        std::erase_if(model.settings, belongs);
        std::erase_if(model.wires, [&](const std::string &wire) {
            return wire.starts_with(id + ' ') || wire.ends_with(' ' + id);
        });
        model.layout.erase(id);
        for (auto &[group, steps] : model.groups)
            std::erase(steps, id);
        std::erase_if(model.groups, [](const auto &group) { return group.second.empty(); });
        return edit::RemoveSteps{{id}, false};
    }

    FlowEdit name(Model &model)
    {
        const std::string id = anyStep(model);
        const std::string text = m_random.below(4) == 0 ? std::string() : anyText();
        model.fields[id + "/name"] = text;
        return edit::SetStepField{id, "name",
                                  share(text.empty() ? Document() : textDocument(text))};
    }

    static Document textDocument(const std::string &text)
    {
        Document document;
        document.setRoot(Value::string(document.arena(), text));
        return document;
    }

    FlowEdit disable(Model &model)
    {
        const std::string id = anyStep(model);
        const bool off = m_random.below(2) == 0;
        model.fields[id + "/disabled"] = off ? "true" : "";
        return edit::SetStepField{id, "disabled", json(off ? "true" : "false")};
    }

    FlowEdit add(Model &model)
    {
        edit::AddStep edit;
        edit.id = "added_" + std::to_string(++m_names);
        edit.type = "log";
        edit.name = anyText();
        edit.at = {8, 16};
        edit.with = json(R"({"alpha": ["x", "on"], "beta": "two\nlines"})");
        const bool atEnd = m_random.below(2) == 0;
        if (!atEnd)
            edit.afterStep = anyStep(model);
        const auto place =
            atEnd ? model.steps.end()
                  : std::find(model.steps.begin(), model.steps.end(), edit.afterStep) + 1;
        model.steps.insert(place, edit.id);
        model.fields[edit.id + "/name"] = edit.name;
        model.fields[edit.id + "/disabled"] = "";
        model.settings[edit.id + "/alpha"] = R"(["x","on"])";
        model.settings[edit.id + "/beta"] = R"("two\nlines")";
        model.layout[edit.id] = edit.at;
        return edit;
    }

    FlowDocument &m_document;
    Random m_random;
    int m_names = 0;
};

std::string describe(const Model &model)
{
    std::string text;
    for (const std::string &step : model.steps)
        text += step + ' ';
    for (const auto &[key, value] : model.fields)
        text += '\n' + key + '=' + value;
    for (const auto &[key, value] : model.settings)
        text += '\n' + key + '=' + value;
    for (const std::string &wire : model.wires)
        text += '\n' + wire;
    for (const auto &[id, at] : model.layout)
        text += '\n' + id + " at " + std::to_string(at.x) + ' ' + std::to_string(at.y);
    for (const auto &[id, steps] : model.groups) {
        text += '\n' + id + ':';
        for (const std::string &step : steps)
            text += ' ' + step;
    }
    return text;
}

} // namespace

class tst_FlowEditProperty : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void randomEdits_data();
    void randomEdits();
};

void tst_FlowEditProperty::randomEdits_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 3; ++seed) {
        const auto row = [seed](const char *name, const std::string &text) {
            QTest::addRow("%s, seed %d", name, seed) << QByteArray::fromStdString(text) << seed;
        };
        row("a full flow", fullFlow());
        row("a full flow with CRLF", withCrlf(fullFlow()));
        row("flow style", terseFlow());
        row("a chain", longFlow(12));
        row("no final newline", fullFlow().substr(0, fullFlow().size() - 1));
    }
}

void tst_FlowEditProperty::randomEdits()
{
    QFETCH(QByteArray, text);
    QFETCH(int, seed);
    FlowDocument document(text.toStdString());
    Driver driver(document, static_cast<std::uint64_t>(seed));
    Model model = Model::of(document.flow());
    std::vector<AppliedEdit> done;
    std::vector<std::string> texts{document.text()};
    for (int i = 0; i < 60; ++i) {
        const FlowEdit edit = driver.next(model);
        const auto applied = document.apply(edit);
        QVERIFY2(applied, applied ? "" : (applied.error().text() + " in\n" + texts.back()).c_str());
        const Model real = Model::of(document.flow());
        if (real != model) {
            const auto lines = differingLines(describe(model), describe(real));
            std::string all = "edit " + std::to_string(edit.index()) + ":\n";
            for (const std::string &line : lines)
                all += line + '\n';
            all += "--- text\n";
            for (const std::string &line : differingLines(texts.back(), document.text()))
                all += line + '\n';
            QFAIL(all.c_str());
        }
        done.push_back(*applied);
        texts.push_back(document.text());
    }
    for (std::size_t i = done.size(); i-- > 0;) {
        document.revert(done[i]);
        QCOMPARE(document.text(), texts[i]);
    }
    for (std::size_t i = 0; i < done.size(); ++i) {
        document.reapply(done[i]);
        QCOMPARE(document.text(), texts[i + 1]);
    }
}

QTEST_GUILESS_MAIN(tst_FlowEditProperty)
#include "tst_FlowEditProperty.moc"
