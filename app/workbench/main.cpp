// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/Registry.h"
#include "core/runtime/Connectors.h"
#include "ui/base/Theme.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/Screenshot.h"
#include "ui/shell/WindowActions.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>

namespace {

constexpr int kDone = 0;
constexpr int kWrongUse = 2;
constexpr int kCouldNot = 3;

struct Options
{
    QString path;
    QString page = QStringLiteral("design");
    QString theme;
    tw::ScreenshotPlan picture;
};

int complain(const QString &words)
{
    QTextStream(stderr) << "tidewire-workbench: " << words << "\nTry tidewire-workbench --help\n";
    return kWrongUse;
}

void declare(QCommandLineParser &parser)
{
    const auto say = [](const char *text) { return QCoreApplication::translate("main", text); };
    parser.setApplicationDescription(
        say("Draw, check and run integration flows on this machine.\n\n"
            "Example: tidewire-workbench my-project\n"
            "Example: tidewire-workbench my-project --screenshot run.png --run "
            "--theme dark --size 1760x1080"));
    parser.addPositionalArgument(QStringLiteral("PATH"), say("Project folder or flow file."),
                                 QStringLiteral("[PATH]"));
    parser.addOptions({
        {QStringLiteral("screenshot"),
         say("Render the window to a PNG and exit; needs no display."), QStringLiteral("FILE")},
        {QStringLiteral("page"), say("Page to render: design."), QStringLiteral("NAME"),
         QStringLiteral("design")},
        {QStringLiteral("size"), say("Size of the picture in logical pixels."),
         QStringLiteral("WxH"), QStringLiteral("1760x1080")},
        {QStringLiteral("theme"), say("light or dark."), QStringLiteral("NAME")},
        {QStringLiteral("scale"), say("Scale factor of the picture, 1 to 4."), QStringLiteral("N")},
        {QStringLiteral("run"), say("Run the flow first and wait until it is idle.")},
        {QStringLiteral("select"), say("Select this step."), QStringLiteral("STEP")},
    });
    parser.addHelpOption();
    parser.addVersionOption();
}

/// Zero, or the exit code of a complaint.
int read(const QCommandLineParser &parser, Options &options)
{
    if (parser.positionalArguments().size() > 1)
        return complain(QStringLiteral("one PATH at most"));
    options.path = parser.positionalArguments().value(0);
    options.page = parser.value(QStringLiteral("page"));
    if (options.page != QLatin1String("design"))
        return complain(
            QStringLiteral("there is no page \"%1\"; the page is called design").arg(options.page));
    options.theme = parser.value(QStringLiteral("theme"));
    if (!options.theme.isEmpty() && options.theme != QLatin1String("light") &&
        options.theme != QLatin1String("dark"))
        return complain(QStringLiteral("--theme is light or dark"));
    static const QRegularExpression form(QStringLiteral("^(\\d{3,4})x(\\d{3,4})$"));
    const auto size = form.match(parser.value(QStringLiteral("size")));
    if (!size.hasMatch())
        return complain(QStringLiteral("--size is written like 1760x1080"));
    options.picture.size = QSize(size.captured(1).toInt(), size.captured(2).toInt());
    options.picture.file = parser.value(QStringLiteral("screenshot"));
    options.picture.run = parser.isSet(QStringLiteral("run"));
    options.picture.select = parser.value(QStringLiteral("select"));
    return kDone;
}

// The scale must be known before the application exists.
void scaleEarly(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        const QByteArray argument(argv[i]);
        if (argument == "--scale" && i + 1 < argc)
            qputenv("QT_SCALE_FACTOR", argv[i + 1]);
        else if (argument.startsWith("--scale="))
            qputenv("QT_SCALE_FACTOR", argument.mid(8));
    }
}

int takePicture(QApplication &app, tw::MainWindow &window, const Options &options)
{
    tw::Screenshot picture(window, options.picture);
    QObject::connect(&picture, &tw::Screenshot::finished, &app, [&options](bool written) {
        if (!written)
            QTextStream(stderr) << "tidewire-workbench: " << options.picture.file
                                << " cannot be written\n";
        QCoreApplication::exit(written ? kDone : kCouldNot);
    });
    QTimer::singleShot(0, &picture, &tw::Screenshot::begin);
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    scaleEarly(argc, argv);
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("tidewire-workbench"));
    QApplication::setOrganizationName(QStringLiteral("tidewire"));
    QApplication::setApplicationVersion(QStringLiteral(TIDEWIRE_VERSION));
    QCommandLineParser parser;
    declare(parser);
    parser.process(app);
    Options options;
    if (const int wrong = read(parser, options); wrong != kDone)
        return wrong;

    // A picture must not depend on, or change, what somebody set in the window.
    const bool isPicture = !options.picture.file.isEmpty();
    const QTemporaryDir settings;
    if (isPicture) {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    }
    const bool systemIsDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    tw::Theme::install(app);
    tw::applyRememberedTheme(systemIsDark);
    if (!options.theme.isEmpty())
        tw::Theme::current().setMode(options.theme == QLatin1String("dark")
                                         ? tw::Theme::Mode::Dark
                                         : tw::Theme::Mode::Light);
    if (isPicture)
        tw::Theme::current().setReduceMotion(true);

    const tw::Registry registry(tw::allConnectors());
    tw::MainWindow window(registry, QApplication::applicationVersion());
    if (!options.path.isEmpty() && !window.openPath(options.path) && isPicture)
        return complain(QStringLiteral("%1 cannot be opened").arg(options.path)), kCouldNot;
    if (isPicture)
        return takePicture(app, window, options);
    window.show();
    if (options.picture.run)
        QTimer::singleShot(0, &window, &tw::MainWindow::run);
    return QApplication::exec();
}
