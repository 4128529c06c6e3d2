//! Modules and names of a crate, as far as `use` items and paths need them. Code that only tests compile is left out.

use std::collections::BTreeMap;
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Item, ItemUse, UseTree, Visibility};

/// Source text by path below `src/`.
pub type Texts = BTreeMap<String, String>;

/// Package by the name that the code uses for it: `tui_textarea` for `ratatui-textarea`.
pub type Packages = BTreeMap<String, String>;

pub struct Sources {
    pub files: Vec<SourceFile>,
    modules: Vec<Module>,
    packages: Packages,
}

pub struct SourceFile {
    pub path: String,
    pub module: usize,
    pub code: TokenStream,
    pub ast: syn::File,
}

struct Module {
    file: usize,
    parent: usize,
    names: BTreeMap<String, Vec<Name>>,
    globs: Vec<Vec<String>>,
}

enum Name {
    Module(usize),
    Item,
    Import(Vec<String>),
}

/// Target of a path. An associated item or a variant leads to its type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Module(usize),
    Item(ItemKey),
    External(String),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemKey {
    pub module: usize,
    pub name: String,
}

impl Sources {
    /// Follows `mod` items from `lib.rs` and `main.rs`.
    pub fn read(texts: &Texts, packages: &Packages) -> Self {
        let mut sources = Self { files: Vec::new(), modules: Vec::new(), packages: packages.clone() };
        for root in ["lib.rs", "main.rs"] {
            if texts.contains_key(root) {
                let module = sources.modules.len();
                sources.add_file(texts, root, "", module);
            }
        }
        sources
    }

    pub fn file_of(&self, module: usize) -> usize {
        self.modules[module].file
    }

    pub fn child(&self, module: usize, name: &str) -> usize {
        let mut names = self.modules[module].names.get(name).into_iter().flatten();
        let child = names.find_map(|name| if let Name::Module(id) = name { Some(*id) } else { None });
        child.unwrap_or_else(|| panic!("no module {name}"))
    }

    fn add_file(&mut self, texts: &Texts, path: &str, folder: &str, parent: usize) -> usize {
        let code = without_tests(TokenStream::from_str(&texts[path]).unwrap_or_else(|e| panic!("{path}: {e}")));
        let ast: syn::File = syn::parse2(code.clone()).unwrap_or_else(|e| panic!("{path}: {e}"));
        let (file, module) = (self.files.len(), self.add_module(self.files.len(), parent));
        let empty = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: Vec::new() };
        self.files.push(SourceFile { path: path.to_owned(), module, code, ast: empty });
        self.fill(texts, &ast.items, module, folder);
        self.files[file].ast = ast;
        module
    }

    fn add_module(&mut self, file: usize, parent: usize) -> usize {
        self.modules.push(Module { file, parent, names: BTreeMap::new(), globs: Vec::new() });
        self.modules.len() - 1
    }

    fn fill(&mut self, texts: &Texts, items: &[Item], module: usize, folder: &str) {
        for item in items {
            let name = match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let below = format!("{folder}{name}/");
                    let child = if let Some((_, items)) = &item.content {
                        let child = self.add_module(self.modules[module].file, module);
                        self.fill(texts, items, child, &below);
                        child
                    } else {
                        let [beside, inside] = [format!("{folder}{name}.rs"), format!("{below}mod.rs")];
                        self.add_file(
                            texts,
                            if texts.contains_key(&beside) { &beside } else { &inside },
                            &below,
                            module,
                        )
                    };
                    self.bind(module, name, Name::Module(child));
                    continue;
                }
                Item::Use(item) => {
                    self.import(module, item);
                    continue;
                }
                Item::Fn(item) => Some(&item.sig.ident),
                Item::Struct(item) => Some(&item.ident),
                Item::Enum(item) => Some(&item.ident),
                Item::Trait(item) => Some(&item.ident),
                Item::Type(item) => Some(&item.ident),
                Item::Const(item) => Some(&item.ident),
                Item::Static(item) => Some(&item.ident),
                Item::Macro(item) => item.ident.as_ref(),
                _ => None,
            };
            if let Some(name) = name {
                self.bind(module, name.to_string(), Name::Item);
            }
            LocalUses { sources: self, module }.visit_item(item);
        }
    }

    fn import(&mut self, module: usize, item: &ItemUse) {
        for import in imports(&item.tree) {
            match import.name {
                Some(name) => self.bind(module, name, Name::Import(import.path)),
                None => self.modules[module].globs.push(import.path),
            }
        }
    }

    fn bind(&mut self, module: usize, name: String, what: Name) {
        self.modules[module].names.entry(name).or_default().push(what);
    }

    /// Meanings of a path in a module; several where a name stands in several namespaces.
    pub fn resolve(&self, from: usize, path: &[String]) -> Vec<Target> {
        self.resolve_in(from, path, &mut Vec::new())
    }

    fn resolve_in(&self, from: usize, path: &[String], seen: &mut Vec<(usize, String)>) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut here = match first.as_str() {
            "crate" | "shenpi" => vec![Target::Module(0)],
            "self" => vec![Target::Module(from)],
            "super" => vec![Target::Module(self.modules[from].parent)],
            name => {
                let found = self.lookup(from, name, seen);
                if found.is_empty() { self.external(name).into_iter().collect() } else { found }
            }
        };
        for segment in rest {
            // A function may share the name of a module, but only the module has paths below it.
            if here.iter().any(|target| matches!(target, Target::Module(_))) {
                here.retain(|target| matches!(target, Target::Module(_)));
            }
            here = here.into_iter().flat_map(|target| self.step(target, segment, seen)).collect();
        }
        here.sort();
        here.dedup();
        here
    }

    fn step(&self, target: Target, segment: &str, seen: &mut Vec<(usize, String)>) -> Vec<Target> {
        match target {
            Target::Module(module) if segment == "super" => vec![Target::Module(self.modules[module].parent)],
            Target::Module(module) if segment == "self" => vec![Target::Module(module)],
            Target::Module(module) => {
                let found = self.lookup(module, segment, seen);
                // A macro makes it.
                let made = || vec![Target::Item(ItemKey { module, name: segment.to_owned() })];
                if found.is_empty() { made() } else { found }
            }
            Target::Item(key) => vec![Target::Item(key)],
            Target::External(path) => vec![Target::External(format!("{path}::{segment}"))],
        }
    }

    fn lookup(&self, module: usize, name: &str, seen: &mut Vec<(usize, String)>) -> Vec<Target> {
        let mut found = Vec::new();
        for what in self.modules[module].names.get(name).into_iter().flatten() {
            match what {
                Name::Module(id) => found.push(Target::Module(*id)),
                Name::Item => found.push(Target::Item(ItemKey { module, name: name.to_owned() })),
                Name::Import(path) => {
                    found.extend(once(module, name, seen, |seen| self.resolve_in(module, path, seen)));
                }
            }
        }
        if found.is_empty() {
            found = once(module, name, seen, |seen| self.lookup_globs(module, name, seen));
        }
        found
    }

    fn lookup_globs(&self, module: usize, name: &str, seen: &mut Vec<(usize, String)>) -> Vec<Target> {
        let mut found = Vec::new();
        for glob in &self.modules[module].globs {
            for target in self.resolve_in(module, glob, seen) {
                if let Target::Module(other) = target {
                    found.extend(self.lookup(other, name, seen));
                }
            }
        }
        found
    }

    fn external(&self, name: &str) -> Option<Target> {
        let package = self.packages.get(name).map(String::as_str);
        let package = package.or_else(|| ["std", "core", "alloc"].into_iter().find(|std| *std == name))?;
        Some(Target::External(package.to_owned()))
    }

    /// Whether a module declares the item itself, not by a macro.
    pub fn declares(&self, key: &ItemKey) -> bool {
        self.modules[key.module].names.contains_key(&key.name)
    }
}

/// Keeps `use form::form` from leading to itself.
fn once(
    module: usize,
    name: &str,
    seen: &mut Vec<(usize, String)>,
    find: impl FnOnce(&mut Vec<(usize, String)>) -> Vec<Target>,
) -> Vec<Target> {
    let key = (module, name.to_owned());
    if seen.contains(&key) {
        return Vec::new();
    }
    seen.push(key);
    let found = find(seen);
    seen.pop();
    found
}

/// Imports inside functions, taken as the module's own.
struct LocalUses<'a> {
    sources: &'a mut Sources,
    module: usize,
}

impl<'ast> Visit<'ast> for LocalUses<'_> {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.sources.import(self.module, item);
    }
}

/// One name that a `use` item brings; without a name, all of a module or an enum.
pub struct Import {
    pub path: Vec<String>,
    pub name: Option<String>,
    pub line: usize,
}

pub fn imports(tree: &UseTree) -> Vec<Import> {
    let mut found = Vec::new();
    collect(tree, &mut Vec::new(), &mut found);
    found
}

fn collect(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            collect(&part.tree, path, found);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, path, found)),
        UseTree::Glob(glob) => {
            found.push(Import { path: path.clone(), name: None, line: glob.star_token.spans[0].start().line });
        }
        UseTree::Name(part) => found.push(named(path, &part.ident, None)),
        UseTree::Rename(part) => found.push(named(path, &part.ident, Some(part.rename.to_string()))),
    }
}

fn named(path: &[String], ident: &syn::Ident, rename: Option<String>) -> Import {
    let mut path = path.to_vec();
    if ident != "self" {
        path.push(ident.to_string());
    }
    let name = rename.or_else(|| path.last().cloned());
    Import { path, name, line: ident.span().start().line }
}

pub fn is_public(visibility: &Visibility) -> bool {
    !matches!(visibility, Visibility::Inherited)
}

/// The tokens without anything marked `#[cfg(test)]`, at any depth.
pub fn without_tests(code: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut tokens = code.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let marked = is_punct(&token, '#') && tokens.peek().is_some_and(is_cfg_test);
        if marked {
            tokens.next();
            skip_item(&mut tokens);
            drop_attributes(&mut kept);
            continue;
        }
        kept.push(match token {
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), without_tests(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        });
    }
    kept.into_iter().collect()
}

/// Removes the attributes and doc comments at the end: they belong to the item that is left out.
fn drop_attributes(kept: &mut Vec<TokenTree>) {
    while let [.., mark, TokenTree::Group(group)] = kept.as_slice()
        && is_punct(mark, '#')
        && group.delimiter() == Delimiter::Bracket
    {
        kept.truncate(kept.len() - 2);
    }
}

fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    let mut statement = None;
    for token in tokens {
        match &token {
            // An import or a value ends with its semicolon, braces or not.
            TokenTree::Ident(word) if statement.is_none() && word != "pub" => {
                statement = Some(["use", "const", "static", "let", "type"].iter().any(|ends| word == ends));
            }
            TokenTree::Ident(word) if word == "fn" => statement = Some(false),
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && statement != Some(true) => return,
            _ => {}
        }
    }
}

fn is_cfg_test(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group)
        if group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)")
}

pub fn is_punct(token: &TokenTree, punct: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == punct)
}
