-- Of one life of a table's journal: a status by its connection, and within one its end after its birth; all else by its
-- commit, and where nothing was committed since, by when it was said. Of two lives the one that spoke later, and where one
-- of them had no clock, the one that was heard later. The same once more is no news.
insert into state as stands (topic, epoch, seq, connection, said_at, received_at, payload)
select topic, epoch, seq, connection,
    case when to_timestamp(ts / 1000.0) <= now() + interval '1 minute' then to_timestamp(ts / 1000.0) end,
    now(), payload
from jsonb_to_recordset(%s::jsonb) as given (
    topic text, epoch text, seq bigint, connection bigint, ts bigint, payload jsonb
)
-- Two collectors lock rows in one order, so that neither waits for the other for ever.
order by topic
on conflict (topic) do update set
    epoch = excluded.epoch, seq = excluded.seq, connection = excluded.connection,
    said_at = excluded.said_at, received_at = excluded.received_at, payload = excluded.payload
where excluded.payload <> stands.payload and case
    when excluded.epoch <> stands.epoch then coalesce(excluded.said_at >= stands.said_at, true)
    when excluded.connection > 0 and stands.connection > 0 then
        (excluded.connection, excluded.payload ->> 'state' <> 'online', excluded.seq)
        > (stands.connection, stands.payload ->> 'state' <> 'online', stands.seq)
    when excluded.seq <> stands.seq then excluded.seq > stands.seq
    when excluded.payload ->> 'boot' = stands.payload ->> 'boot' then
        coalesce((excluded.payload ->> 'mono_ms')::bigint >= (stands.payload ->> 'mono_ms')::bigint, true)
    else coalesce(excluded.said_at >= stands.said_at, true)
end
