// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

/// Reads every #include of the product and compares it with the table of layers; ARCHITECTURE.md
/// shows the same table to people.
class TestLayers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachFolderUsesOnlyWhatItsRowAllows();
    void theTableHasNoEmptyRooms();
    void cyclesBetweenFoldersDoNotExist();
    void theRunnerNeverReachesGuiOrWidgets();
    void everySourceFileNamesItsLicence();
    void sourceFilesStayReadable();
    void noClassIsDefinedTwice();
    void everyTestOfTheFaultMatrixExists();

private:
    QStringList sources(const QStringList &roots) const;
    QStringList includesOf(const QString &file) const;
    QString folderOf(const QString &path) const;

    QHash<QString, QStringList> m_allowed;
};

namespace {

const QString kRoot = QStringLiteral(TIDEWIRE_SOURCE_DIR "/");

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
}

} // namespace

void TestLayers::initTestCase()
{
    const QStringList core = words("core/base core/data core/schema core/expr core/analysis core/mapping "
                                   "core/connector core/flow");
    m_allowed = {
        {QStringLiteral("core/base"), {}},
        {QStringLiteral("core/data"), words("core/base")},
        {QStringLiteral("core/vault"), words("core/base core/data")},
        {QStringLiteral("core/schema"), words("core/base core/data")},
        {QStringLiteral("core/expr"), words("core/base core/data")},
        {QStringLiteral("core/analysis"), words("core/base core/data core/schema core/expr")},
        {QStringLiteral("core/mapping"), words("core/base core/data core/schema core/expr core/analysis")},
        {QStringLiteral("core/connector"), words("core/base core/data core/schema core/expr")},
        {QStringLiteral("core/flow"), words("core/base core/data core/schema core/expr core/analysis core/mapping core/connector core/vault")},
        {QStringLiteral("core/net"), words("core/base")},
        {QStringLiteral("core/store"), words("core/base core/data")},
        {QStringLiteral("core/engine"), core + words("core/store")},
        {QStringLiteral("core/sandbox"), words("core/base core/data core/schema core/connector core/net")},
        {QStringLiteral("core/connectors/logic"),
         words("core/base core/data core/schema core/expr core/analysis core/mapping core/connector")},
        {QStringLiteral("core/connectors/http"),
         words("core/base core/data core/schema core/expr core/mapping core/connector core/net core/sandbox")},
        {QStringLiteral("core/connectors/timer"),
         words("core/base core/data core/schema core/expr core/connector")},
        {QStringLiteral("core/connectors/stripe/facts"), words("core/base core/data core/schema")},
        {QStringLiteral("core/connectors/stripe/samples"),
         words("core/base core/data core/schema core/sandbox core/connectors/stripe/facts")},
        {QStringLiteral("core/connectors/stripe/double"),
         words("core/base core/data core/schema core/connector core/net core/sandbox "
               "core/connectors/stripe/facts core/connectors/stripe/samples")},
        {QStringLiteral("core/connectors/stripe"),
         words("core/base core/data core/schema core/expr core/connector core/net core/sandbox "
               "core/connectors/stripe/facts core/connectors/stripe/samples core/connectors/stripe/double")},
        {QStringLiteral("core/connectors/salesforce"),
         words("core/base core/data core/schema core/connector core/net core/sandbox")},
        {QStringLiteral("core/ops"), core + words("core/store core/engine core/net")},
        {QStringLiteral("core/runtime"),
         core + words("core/vault core/net core/store core/engine core/ops core/sandbox core/connectors/logic core/connectors/http core/connectors/timer "
                      "core/connectors/stripe core/connectors/salesforce")},
        {QStringLiteral("ui/base"), words("core/base")},
        {QStringLiteral("ui/models"), core + words("core/engine core/runtime core/sandbox ui/base ui/commands ui/canvas")},
        {QStringLiteral("ui/commands"), core + words("ui/base")},
        {QStringLiteral("ui/canvas"), words("core/base ui/base")},
        {QStringLiteral("ui/forms"), core + words("ui/base ui/models ui/commands")},
        {QStringLiteral("ui/editors"), core + words("ui/base ui/models ui/commands")},
        {QStringLiteral("ui/panels"),
         core + words("core/engine ui/base ui/models ui/commands ui/canvas ui/forms ui/editors")},
        {QStringLiteral("ui/shell"),
         core + words("core/vault core/engine core/sandbox core/runtime ui/base ui/models ui/commands "
                      "ui/canvas ui/forms ui/editors ui/panels")},
        // The runner signs and checks deliveries itself (`webhook send`, `webhook verify`) and reads
        // describes of records (`map --target`).
        {QStringLiteral("app/runner"),
         core + words("core/vault core/net core/store core/engine core/ops core/sandbox core/runtime core/connectors/stripe core/connectors/stripe/facts "
                      "core/connectors/stripe/samples core/connectors/salesforce")},
        {QStringLiteral("app/workbench"), core + words("core/runtime ui/base ui/models ui/shell")},
    };
}

QStringList TestLayers::sources(const QStringList &roots) const
{
    QStringList files;
    for (const QString &root : roots) {
        QDirIterator walk(kRoot + root, {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
                          QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext())
            files += walk.next().mid(kRoot.size());
    }
    return files;
}

QStringList TestLayers::includesOf(const QString &file) const
{
    QFile source(kRoot + file);
    if (!source.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file));
    static const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s*[\"<]([^\">]+)[\">]"),
                                            QRegularExpression::MultilineOption);
    QStringList found;
    auto matches = pattern.globalMatch(QString::fromUtf8(source.readAll()));
    while (matches.hasNext())
        found += matches.next().captured(1);
    return found;
}

QString TestLayers::folderOf(const QString &path) const
{
    return path.left(path.lastIndexOf(u'/'));
}

void TestLayers::eachFolderUsesOnlyWhatItsRowAllows()
{
    QStringList wrong;
    for (const QString &file : sources(words("core ui app"))) {
        const QString folder = folderOf(file);
        if (!m_allowed.contains(folder)) {
            wrong += file + QStringLiteral(" stands in a folder that the table does not know");
            continue;
        }
        for (const QString &include : includesOf(file)) {
            const bool ours = include.startsWith(QStringLiteral("core/"))
                || include.startsWith(QStringLiteral("ui/"))
                || include.startsWith(QStringLiteral("app/"));
            if (ours && folderOf(include) != folder && !m_allowed[folder].contains(folderOf(include)))
                wrong += file + QStringLiteral(" includes ") + include;
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void TestLayers::theTableHasNoEmptyRooms()
{
    QStringList empty;
    for (auto row = m_allowed.cbegin(); row != m_allowed.cend(); ++row) {
        if (sources({row.key()}).isEmpty())
            empty += row.key();
    }
    QVERIFY2(empty.isEmpty(), qPrintable(empty.join(u'\n')));
}

void TestLayers::cyclesBetweenFoldersDoNotExist()
{
    QHash<QString, QSet<QString>> uses;
    for (const QString &file : sources(words("core ui app"))) {
        for (const QString &include : includesOf(file)) {
            if (m_allowed.contains(folderOf(include)) && folderOf(include) != folderOf(file))
                uses[folderOf(file)] += folderOf(include);
        }
    }
    // Taking away folders that use nothing more must take away all of them.
    QSet<QString> left(m_allowed.keyBegin(), m_allowed.keyEnd());
    for (bool moved = true; moved;) {
        moved = false;
        const QList<QString> now = left.values();
        for (const QString &folder : now) {
            if (!uses.value(folder).intersects(left)) {
                left -= folder;
                moved = true;
            }
        }
    }
    QVERIFY2(left.isEmpty(), qPrintable(left.values().join(u' ')));
}

void TestLayers::theRunnerNeverReachesGuiOrWidgets()
{
    static const QSet<QString> gui{
        QStringLiteral("QGuiApplication"), QStringLiteral("QApplication"), QStringLiteral("QWidget"),
        QStringLiteral("QColor"), QStringLiteral("QPainter"), QStringLiteral("QImage"),
        QStringLiteral("QPixmap"), QStringLiteral("QIcon"), QStringLiteral("QFont")};
    QStringList wrong;
    for (const QString &file : sources(words("core app/runner"))) {
        for (const QString &include : includesOf(file)) {
            if (gui.contains(include) || include.startsWith(QStringLiteral("QtGui"))
                || include.startsWith(QStringLiteral("QtWidgets")) || include.startsWith(QStringLiteral("ui/")))
                wrong += file + QStringLiteral(" includes ") + include;
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void TestLayers::everySourceFileNamesItsLicence()
{
    QStringList missing;
    for (const QString &file : sources(words("core ui app tests"))) {
        QFile source(kRoot + file);
        QVERIFY(source.open(QIODevice::ReadOnly));
        if (source.readLine().trimmed() != "// SPDX-License-Identifier: GPL-3.0-or-later")
            missing += file;
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
}

void TestLayers::sourceFilesStayReadable()
{
    QStringList longOnes;
    for (const QString &file : sources(words("core ui app"))) {
        QFile source(kRoot + file);
        QVERIFY(source.open(QIODevice::ReadOnly));
        const auto lines = source.readAll().count('\n');
        const int limit = file.startsWith(QStringLiteral("ui/shell/")) ? 400 : 500;
        if (lines > limit)
            longOnes += QStringLiteral("%1: %2 lines").arg(file).arg(lines);
    }
    QVERIFY2(longOnes.isEmpty(), qPrintable(longOnes.join(u'\n')));
}

/// Two classes of one name are one to the linker, which takes the members of either.
void TestLayers::noClassIsDefinedTwice()
{
    static const QRegularExpression space(QStringLiteral("^namespace ([\\w:]+) *\\{?$"));
    static const QRegularExpression definition(
        QStringLiteral("^(?:class|struct) (?:\\[\\[\\w+\\]\\] )?(\\w+)(?: final)?(?: ?:[^:;].*)?$"));
    QHash<QString, QString> seen;
    QStringList twice;
    for (const QString &file : sources(words("core ui app"))) {
        if (!file.endsWith(QLatin1String(".h")))
            continue;
        QFile source(kRoot + file);
        QVERIFY(source.open(QIODevice::ReadOnly));
        QString scope;
        for (const QString &line : QString::fromUtf8(source.readAll()).split(u'\n')) {
            if (const auto match = space.match(line); match.hasMatch())
                scope = match.captured(1).startsWith(QLatin1String("tw"))
                    ? match.captured(1) : scope + QStringLiteral("::") + match.captured(1);
            const auto match = definition.match(line);
            if (!match.hasMatch())
                continue;
            const QString name = scope + QStringLiteral("::") + match.captured(1);
            if (seen.contains(name))
                twice += name + QStringLiteral(": ") + seen.value(name) + QStringLiteral(", ") + file;
            seen.insert(name, file);
        }
    }
    QVERIFY(seen.size() > 200);
    QVERIFY2(twice.isEmpty(), qPrintable(twice.join(u'\n')));
}

/// Names that end in an ellipsis are beginnings; `::` goes on with the program before it.
void TestLayers::everyTestOfTheFaultMatrixExists()
{
    QHash<QString, QString> programs;
    for (const QString &file : sources(words("tests"))) {
        QFile source(kRoot + file);
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QString name = QFileInfo(file).completeBaseName();
        programs.insert(name.startsWith(QLatin1String("tst_")) ? name.mid(4) : name,
                        QString::fromUtf8(source.readAll()));
    }
    QFile matrix(kRoot + QStringLiteral("tests/fault-matrix.md"));
    QVERIFY(matrix.open(QIODevice::ReadOnly));
    static const QRegularExpression naming(QStringLiteral("`(\\w*)(?:::(\\w+)(…?))?`"));
    QStringList missing;
    int found = 0;
    for (const QString &line : QString::fromUtf8(matrix.readAll()).split(u'\n')) {
        QString program;
        for (auto names = naming.globalMatch(line); line.startsWith(u'|') && names.hasNext();) {
            const auto name = names.next();
            if (!name.captured(1).isEmpty())
                program = name.captured(1);
            const QRegularExpression function(QStringLiteral("void (\\w+::)?") + name.captured(2)
                                              + QLatin1String(name.captured(3).isEmpty() ? "\\(" : ""));
            if (programs.contains(program)
                && (name.captured(2).isEmpty() || programs.value(program).contains(function)))
                ++found;
            else
                missing += name.captured(0);
        }
    }
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
    QVERIFY(found > 80);
}

QTEST_GUILESS_MAIN(TestLayers)
#include "tst_Layers.moc"
