-- The newest word of each topic of all kiosks; docs/collecting.md tells how it is read.
create table if not exists state (
    topic text primary key,
    -- Which life of the table's journal, and which commit of it.
    epoch text not null,
    seq bigint not null,
    -- Of a status: which connection of that life it is a word of; 0 where none is told.
    connection bigint not null,
    -- When it was said; null where the kiosk's clock was not trusted, or ran ahead of ours.
    said_at timestamptz,
    -- When it was written here.
    received_at timestamptz not null,
    payload jsonb not null
);
