"""What messages mostly say, so that short ones need not spell it out: the dictionary of the coding ``zstd-words``."""

from __future__ import annotations

WORDS_CODING = "zstd-words"
"""Zstandard (RFC 8878) with ``WORDS`` as its raw dictionary."""

# Never altered: with another text it would be another coding.
WORDS = (
    b'{"protocol":2,"server_time":"2026-01-01T01:00:00.000Z","runs":[[0,1,""receipts":[{"change":"","outcome":"mer'
    b'ged","stream":"","seq":,"hash":"","rev":[0,""],"prev_rev":[0,""],"taken":true}],"states":[],"gone":[{"stream'
    b'":"","kind":"","record":""}],"limits":{},"durable":{},"missing":[],"restart":true,"more":true,"cursor":"kpa"'
    b',"heads":{"bank":[],""fields":{"deleted":[null,false],"person":[null,""],"owner":[null,""],"stage":[null,"ne'
    b'w"],"name":[null,""],"mobile":[null,"1"],"remark":[null,""],"next_date":[null,"2026-""guard":{"deleted":fals'
    b'e},"after":[["","values":{"deleted":false,"person":"","owner":"","village":"","village_code":"","stage":"new'
    b'","name":"","id_type":"resident","mobile":"1","staff":"","at":"2026-01-01T01:00:00.000000Z","business_date":'
    b'"2026-01-01","zone":"Asia/Shanghai","channel":"phone","source":"outbound","result":"interested","note":"","p'
    b'romised_fen":,"amends":""{"protocol":2,"server_time":"2026-","records":[{"kind":"visit","record":"01","rev":'
    b'[0,"",],"values":{"deleted":false,"staff":"01","purpose":"marketing","started_at":"2026-01-01T01:00:00Z","en'
    b'ded_at":"2026-01-01T01:30:00Z","business_date":"2026-01-01","zone":"Asia/Shanghai","people":[{"name":"","rel'
    b'ation":"self"},{"name":"","relation":"spouse"}],"facts":"","opinion":"","outcome":"needs_follow_up","next_da'
    b'te":"2026-","photos":[],"place":""},"parent":"01"}],"cursor":"kpa","heads":{"":[,""],"bank":[,""]}}{"protoco'
    b'l":2,"device":"01","counter":,"cursor":"kpa","changes":[{"id":"01","n":,"stream":"","kind":"visit","record":'
    b'"01","fields":{"deleted":[null,false],"staff":[null,"01"],"purpose":[null,"marketing"],"started_at":[null,"2'
    b'026-01-01T01:00:00Z"],"ended_at":[null,"2026-01-01T01:30:00Z"],"business_date":[null,"2026-01-01"],"zone":[n'
    b'ull,"Asia/Shanghai"],"people":[null,[{"name":"","relation":"self"},{"name":"","relation":"spouse"}]],"facts"'
    b':[null,""],"opinion":[null,""],"outcome":[null,"interested"],"next_date":[null,"2026-01-01"],"photos":[null,'
    b'[]],"place":[null,""]},"actor":"01","made_at":"2026-01-01T01:00:00.000+00:00","new":true,"parent":"01"}],"he'
    b'ld":{}}'
)
