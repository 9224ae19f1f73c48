// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing of real events: nanoseconds per byte, and ratios to QJsonDocument and to
// simdjson's own document in the same run.
#include "core/data/Json.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <simdjson.h>
#include <vector>

namespace {

using Stopwatch = std::chrono::steady_clock;

double nanoseconds(const std::function<void()> &work, int repeats)
{
    const auto start = Stopwatch::now();
    for (int i = 0; i < repeats; ++i)
        work();
    const std::chrono::duration<double, std::nano> spent = Stopwatch::now() - start;
    return spent.count() / repeats;
}

/// 10th percentile over batches of about two milliseconds: what the machine does undisturbed.
double measured(const std::function<void()> &work)
{
    constexpr double kBatch = 2e6;
    constexpr int kBatches = 100;
    work();
    const double once = std::max(nanoseconds(work, 3), 1.0);
    const int repeats = std::max(1, static_cast<int>(kBatch / once));
    std::vector<double> figures;
    for (int i = 0; i < kBatches; ++i)
        figures.push_back(nanoseconds(work, repeats));
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 10];
}

void row(const char *what, double ours, double bytes, double qt, double simd)
{
    std::printf("  %-12s %10.2f us %7.3f ns/byte   QJsonDocument x %5.1f", what, ours / 1000,
                ours / bytes, qt / ours);
    if (simd > 0)
        std::printf("   simdjson document x %5.2f", simd / ours);
    std::printf("\n");
}

void measureFile(const QString &name, const QByteArray &content)
{
    const std::string text = content.toStdString();
    const auto bytes = static_cast<double>(text.size());
    const tw::Document document = tw::parseJson(text).value();
    const QJsonDocument qtDocument = QJsonDocument::fromJson(content);
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(text);
    std::string out;
    std::size_t sink = 0;

    const double read = measured([&] { sink += tw::parseJson(text).value().root().size(); });
    const double qtRead = measured([&] { sink += QJsonDocument::fromJson(content).isObject(); });
    const double simdRead = measured([&] { sink += parser.parse(padded).error() == 0; });
    const double write = measured([&] {
        out.clear();
        tw::appendJson(out, document.root());
        sink += out.size();
    });
    const double qtWrite = measured([&] {
        sink += static_cast<std::size_t>(qtDocument.toJson(QJsonDocument::Compact).size());
    });
    tw::Document memory = tw::parseJson(text).value();
    std::printf("%s: %zu bytes, %.2f times the text in memory%s\n", qPrintable(name), text.size(),
                static_cast<double>(memory.arena().bytesUsed()) / bytes, sink == 0 ? " " : "");
    row("read", read, bytes, qtRead, simdRead);
    row("write", write, static_cast<double>(out.size()), qtWrite, 0);
}

} // namespace

int main()
{
    const QString set = qEnvironmentVariable("TIDEWIRE_SHARED");
    const QDir folder((set.isEmpty() ? QStringLiteral(TIDEWIRE_SOURCE_DIR "/../shared") : set) +
                      QStringLiteral("/bench/mapping/data"));
    const QStringList names = folder.entryList({QStringLiteral("*.json")});
    if (names.isEmpty()) {
        std::printf("skipped: no sample events in %s (set TIDEWIRE_SHARED)\n",
                    qPrintable(folder.path()));
        return 0;
    }
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            measureFile(name, file.readAll());
    }
    return 0;
}
