// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/EffectKey.h"

#include "core/connector/EffectKeyForm.h"

#include <QTest>
#include <set>

namespace tw::test {

class tst_EffectKey final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameEffectHasTheSameKeyForEver()
    {
        // A change of this text would make replays write twice.
        QCOMPARE(effectKey("payments", "evt_1", "upsert", 0),
                 std::string("uspogpcspuabakvpff7txk5zjbveahuelkoox57ixmekigr5w7ca"));
        QCOMPARE(effectKey("payments", "evt_1", "upsert", 0).size(), 52u);
    }

    void anythingElseHasAnotherKey()
    {
        const std::set<std::string> keys{
            effectKey("payments", "evt_1", "upsert", 0),    effectKey("payment", "sevt_1", "upsert", 0),
            effectKey("payments", "evt_2", "upsert", 0),    effectKey("payments", "evt_1", "notify", 0),
            effectKey("payments", "evt_1", "upsert", 1),    effectKey("payments", "evt_1", "upsert", 0, 1),
            effectKey("payments", "evt_1u", "psert", 0)};
        QCOMPARE(keys.size(), 7u);
    }

    void ownKeysAreKnownByTheirForm()
    {
        for (int item = 0; item < 200; ++item) {
            const std::string key = effectKey("payments", "evt_1", "upsert", item);
            QVERIFY(looksLikeEffectKey(key));
            QVERIFY(looksLikeEffectKey(key + "-2") && looksLikeEffectKey(key + ":create"));
            QVERIFY(!looksLikeEffectKey(key + "a") && !looksLikeEffectKey(key.substr(1)));
        }
        QVERIFY(!looksLikeEffectKey("6f1c9a1e-0f4e-4f0e-9a57-0d7a1d1d1d1d"));
        QVERIFY(!looksLikeEffectKey(std::string(52, 'b'))); // 256 bits do not end like that.
        QVERIFY(!looksLikeEffectKey(""));
    }
};

} // namespace tw::test

QTEST_GUILESS_MAIN(tw::test::tst_EffectKey)
#include "tst_EffectKey.moc"
