// Run by this repository's own build after "mvn verify" of this project: types what the guide tells its reader to type,
// with the command line of the same build and folders of its own, and compares what the guide says will be seen.
def guide = new File(repository, 'docs/writing-a-framework-plugin.md').text

def blockAfter = { String comment ->
    def block = guide =~ /(?s)<!-- ${comment} -->\n```\w+\n(.*?)```/
    assert block.find() : "the guide has no block after <!-- $comment -->"
    block.group(1).readLines()
}

def target = new File(basedir, 'target')
def bin = new File(target, 'bin')
bin.mkdirs()
def mlengine = new File(bin, 'mlengine')
mlengine.text = """#!/bin/sh
exec '${System.getProperty('java.home')}/bin/java' -jar '$repository/cli/target/mlengine-cli.jar' "\$@"
"""
mlengine.executable = true

def type = { String line ->
    def shell = new ProcessBuilder('sh', '-c', line).directory(basedir)
    shell.environment().put('PATH', bin.path + ':' + System.getenv('PATH'))
    ['DATA', 'STATE', 'CACHE', 'CONFIG'].each { shell.environment().put('XDG_' + it + '_HOME', target.path + '/home') }
    shell.environment().remove('MLENGINE_STORE')
    // The guide shows the bars of a terminal without Unicode.
    shell.environment().put('LC_ALL', 'C')
    shell.redirectError(new File(target, 'errors'))
    def process = shell.start()
    def said = process.inputStream.text
    assert process.waitFor() == 0 : "$line: ended with ${process.exitValue()}\n$said${new File(target, 'errors').text}"
    println "\$ $line\n$said"
    said
}

def lines = blockAfter('typed after the build')
assert lines.head() == 'mvn verify'
def said = lines.tail().collect(type)

// The engine leases whatever port is free.
def withoutPorts = { List<String> text -> text*.replaceAll(/:\d+$/, ':PORT').sort() }
def seen = said[lines.tail().indexOf('mlengine logs hello')].readLines()
assert withoutPorts(seen) == withoutPorts(blockAfter('seen in the logs'))
assert seen.collect { it.replaceAll(/.*:/, '') }.unique().size() == 1
