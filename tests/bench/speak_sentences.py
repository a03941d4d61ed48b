"""Every sentence of the residents' screen as a sound file, by espeak-ng from the catalogue; each may be replaced.

`make sounds ARGS="--out DIR"`. Chinese is spoken from pinyin: espeak-ng reads some characters as English letters.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from pypinyin import Style, lazy_pinyin
from rich.progress import track

from kiosk.texts import LANGUAGES, Texts
from page_gallery import kinds

VOICES = {"zh_CN": "cmn-latn-pinyin", "en": "en"}
WORDS_A_MINUTE = 150


def sentence(language: str, words: str) -> str:
    texts = Texts(language)
    parts = texts.say(f"screen.head.{words}"), texts.say(f"screen.line.{words}")
    if language != "zh_CN":
        return ". ".join(parts)
    spoken = (" ".join(lazy_pinyin(part, style=Style.TONE3, neutral_tone_with_five=True)) for part in parts)
    return ", ".join(spoken).replace(" ，", ",")


def speak(language: str, text: str, file: Path) -> None:
    command = ["espeak-ng", "-v", VOICES[language], "-s", str(WORDS_A_MINUTE), "-w", str(file), text]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/sounds"))
    parser.add_argument("--language", choices=LANGUAGES, default="zh_CN")
    parser.add_argument("--renew", action="store_true", help="also those that are there: recordings would be lost")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = 0
    for kind in track(kinds(), "sentences"):
        file = options.out / f"{kind.words}.wav"
        if options.renew or not file.exists():
            speak(options.language, sentence(options.language, kind.words), file)
            made += 1
    sys.stdout.write(f"{made} sentences made, {len(kinds()) - made} were there: {options.out}\n")


if __name__ == "__main__":
    main()
