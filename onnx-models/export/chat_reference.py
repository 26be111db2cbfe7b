"""Renders chat templates with Jinja2 as Hugging Face's tokenizers do, and writes what comes out.

    python chat_reference.py -o ../../runtime/src/test/resources/io/sampler4j/runtime/text/chat.json

The templates are written for this project, after the kinds that models have. Needs Jinja2 alone. Each case is a template, the
variables, and the text, or the message of its refusal.
"""
import argparse
import datetime
import json

from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 3, 7, 9, 5, 2)


class Generation(Extension):
    """The tag of Hugging Face's that marks what an assistant said: its body."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


class Refusal(Exception):
    pass


def refuse(message):
    raise Refusal(message)


def render(template, variables):
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    environment.filters["tojson"] = lambda x, ensure_ascii=False, indent=None: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent)
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = NOW.strftime
    return environment.from_string(template).render(**variables)


LLADA = (
    "{% set loop_messages = messages %}{% for message in loop_messages %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}")

CHATML = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nBe of help.<|im_end|>\\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")

LLAMA = """{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The first message, where it is the system's. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}

{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Today: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable and message.content is not string %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

MISTRAL = """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}

{{- bos_token }}
{%- set ns = namespace(index=0) %}
{%- for message in loop_messages %}
    {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
        {{- raise_exception("Roles must alternate: user, assistant, user ...") }}
    {%- endif %}
    {%- set ns.index = ns.index + 1 %}
{%- endfor %}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are known, got " + message["role"]) }}
    {%- endif %}
{%- endfor %}
"""

THINKING = """{%- set ns = namespace(last=messages|length - 1, searching=true) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.searching and message.role == "user" and message.content is string and not message.content.startswith('<tool>') %}
        {%- set ns.searching = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or (not loop.last and thought)) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""

SNIPPETS = {
    "break and continue": "{% for m in messages %}{% if loop.index0 == 2 %}{% break %}{% endif %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m.role }};{% endfor %}",
    "a loop with a condition": "{% for m in messages if m.role == 'user' and m.content != ' if ' %}{{ loop.index }}/{{ loop.length }} {{ m.content | trim }};{% endfor %}",
    "a loop's else": "{% for m in [] %}x{% else %}none{% endfor %}{% for m in messages %}y{% else %}z{% endfor %}",
    "loop": "{% for m in messages %}{{ loop.index }}{{ loop.revindex0 }}{% if loop.previtem is defined %}<{{ loop.previtem.role }}{% endif %}{% if loop.nextitem is defined %}>{{ loop.nextitem.role }}{% endif %};{% endfor %}",
    "nested loops": "{% for m in messages %}{% for n in messages %}{% if loop.index == 2 %}{% continue %}{% endif %}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}",
    "a turn's variables end with it": "{% set a = 'x' %}{% for m in messages %}{% set a = a + '!' %}{{ a }}{% endfor %}{{ a }}",
    "pairs": "{% for k, v in messages[0].items() %}{{ k }}={{ v | trim }};{% endfor %}{% for k, v in messages[0] | items %}{{ k }}{% endfor %}{% for k in messages[0] %}{{ k }}{% endfor %}",
    "tojson": "{{ messages | tojson }} {{ messages[0] | tojson(indent=2) }} {{ [1, 2.5, true, none, 'é<b>&\"\\n'] | tojson }} {{ [] | tojson }}{{ {} | tojson }}",
    "strings": "{{ 'abc'.startswith('a') and 'abc'.endswith('bc') and not 'abc'.startswith(('x', 'y')) }} {{ ' x '.strip() + '|' + 'xxaxx'.strip('x') + 'xxa'.lstrip('x') + 'axx'.rstrip('x') }} {{ 'a,b,c'.split(',')[-1] }} {{ 'a b  c'.split() | join('-') }} {{ 'a,b,c'.split(',', 1) | join('-') }} {{ 'a,b,c'.rsplit(',', 1)[0] }} {{ 'Abc'.upper() + 'Abc'.lower() + 'ab cd'.title() + 'aBC'.capitalize() }} {{ 'a.b.c'.replace('.', '-') }} {{ 'a.b.c'.replace('.', '-', 1) }} {{ 'abc'.find('c') }} {{ 'x-y'.removeprefix('x') }} {{ ','.join(['a', 'b']) }} {{ 'aXbX'.count('X') }}",
    "slices": "{{ messages[1:] | length }}{{ messages[:-1] | length }}{{ messages[1:3] | length }}{{ messages[-1].role }} {{ 'abcdef'[1:3] }}{{ 'abc'[-1] }}{{ 'abc'[0] }}{% for m in messages[::-1] %}{{ m.role[0] }}{% endfor %}",
    "tests": "{% if messages is iterable and messages is sequence and messages[0] is mapping and messages[0].content is string and messages[0].zz is not defined and zz is undefined and none is none and 3 is odd and 2 is even and 3 is number %}yes{% endif %}{% if true is true and not false is true and 'a' in 'abc' and 'role' in messages[0] and 'x' not in ['a'] %}yes{% endif %}",
    "filters": "{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages | map(attribute='role') | join(',') }} {{ messages | rejectattr('role', 'equalto', 'user') | map(attribute='role') | join(',') }} {{ [1, 2] | first }}{{ [1, 2] | last }} {{ zz | default('d') }} {{ 'ab' | upper }} {{ 'x' | length }} {{ 'a-b' | replace('-', '+') }} {{ '5' | int + 1 }}",
    "a macro": "{% macro say(role, text='?') %}<{{ role }}>{{ text }}{% endmacro %}{{ say('a') }}{{ say('b', text='t') }}{{ say('c', 'u') }}",
    "set with a body": "{% set x %}a {{ 1 + 1 }}{% endset %}{{ x }}",
    "precedence": "{{ 'a' ~ 'b' | upper ~ (1 + 2) }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 'y' if not false and (true or false) else 'n' }}{{ 'z' if false }}",
    "whitespace": "a\n  {% if true %}\n  b\n  {% endif %}\n  {#- gone -#}\n  c {{- ' d ' -}} e\n{% raw %}{{ x }}{% endraw %}\n",
    "braces in texts": "{{ '{{ 1 }}' }}{{ \"it's\" }}{{ 'say \"x\"' }}{{ 'a\\\\b' }}",
    "generation": "{% for m in messages %}{% generation %}{{ m.role }},{% endgeneration %}{% endfor %}",
    "a last line feed": "{{ 'a' }}\n",
    "two last line feeds": "a\n\n",
    "the time": "{{ strftime_now('%Y-%m-%d') }} {{ strftime_now('%d %B %Y, %H:%M') }}",
    "what is undefined is empty": "[{{ zz }}{{ messages[0].zz }}]",
    "get": "{{ messages[0].get('role') }}{{ messages[0].get('zz', 'd') }}{{ messages[0]['role'] }}",
    "a refusal": "{% if messages | length > 1 %}{{ raise_exception('one message, please') }}{% endif %}x",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()
    turns = [
        {"role": "system", "content": " Be <b>. "},
        {"role": "user", "content": "  Hi \"x\"\n"},
        {"role": "assistant", "content": "<think>\na\n</think>\n\nHello é"},
        {"role": "user", "content": "Bye"},
    ]
    cases = []

    def case(name, template, messages=turns):
        variables = {"messages": messages, "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True}
        entry = {"name": name, "template": template, "variables": variables}
        try:
            entry["text"] = render(template, variables)
        except Refusal as refusal:
            entry["refusal"] = str(refusal)
        cases.append(entry)

    for name, template in {
        "LLaDA": LLADA, "ChatML": CHATML, "Llama 3": LLAMA, "Mistral": MISTRAL, "thinking": THINKING}.items():
        case(name, template)
        case(name + ", one message", template, turns[1:2])
        case(name + ", without a system's", template, turns[1:])
        case(name + ", ends with the assistant", template, turns[:3])
    case("Mistral, two users", MISTRAL, [turns[1], turns[3]])
    case("Llama 3, a tool", LLAMA, turns[:2] + [{"role": "tool", "content": {"a": [1, "é"]}}])
    for name, template in SNIPPETS.items():
        case(name, template)
    with open(arguments.output, "w", encoding="utf-8") as f:
        json.dump({"now": NOW.isoformat(), "cases": cases}, f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
